import java.util.Set;
import java.util.TreeSet;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Routes of the controllers in a package, where there is no actuator to ask: java SpringRoutes PACKAGE. */
public class SpringRoutes {
    public static void main(String[] arguments) {
        RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
        mapping.setApplicationContext(new AnnotationConfigApplicationContext(arguments));
        mapping.afterPropertiesSet();
        mapping.getHandlerMethods().forEach((info, handler) -> {
            Set<String> methods = new TreeSet<>();
            for (RequestMethod method : info.getMethodsCondition().getMethods()) methods.add(method.name());
            if (methods.isEmpty()) methods.add("any");
            for (String path : info.getPatternsCondition().getPatterns())
                for (String method : methods) System.out.println(method + " " + path);
        });
    }
}
