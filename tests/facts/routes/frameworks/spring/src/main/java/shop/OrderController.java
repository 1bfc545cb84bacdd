package shop;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(Paths.ORDERS)
public class OrderController extends Crud {
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    public void create() {}

    @RequestMapping(value = {"/{id:[0-9]+}/lines", "/{id}/rows"}, method = {RequestMethod.GET, RequestMethod.PUT})
    public String lines(@PathVariable long id) {
        return "";
    }
}
