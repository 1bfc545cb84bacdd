package shop;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;

@Controller
@RequestMapping({"reports", "/figures"})
public class PageController implements Reports {
    static final String EXPORT = "/export";

    @Override
    @ResponseBody
    public String summary(int year) {
        return "";
    }

    @RequestMapping(path = EXPORT + ".csv")
    public String export() {
        return "export";
    }

    @GetMapping(value = "/files/**", produces = "text/plain")
    public String files() {
        return "files";
    }
}
