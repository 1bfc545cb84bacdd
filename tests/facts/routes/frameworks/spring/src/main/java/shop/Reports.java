package shop;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

public interface Reports {
    @GetMapping("/{year}/summary")
    String summary(@PathVariable int year);
}
