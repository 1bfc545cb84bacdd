package shop;

import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

public abstract class Crud {
    @GetMapping
    public String list() {
        return "";
    }

    @DeleteMapping("/{id}")
    public void remove(@PathVariable long id) {}
}
