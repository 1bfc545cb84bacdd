import java.util.List;
import java.util.Map;
import javax.ws.rs.ApplicationPath;
import org.jboss.resteasy.core.ResourceInvoker;
import org.jboss.resteasy.core.ResourceMethodInvoker;
import org.jboss.resteasy.core.ResourceMethodRegistry;
import org.jboss.resteasy.spi.ResteasyProviderFactory;

/** What RESTEasy makes of an application and its resources: java JaxRsRoutes APPLICATION RESOURCE... */
public class JaxRsRoutes {
    public static void main(String[] arguments) throws Exception {
        String base = Class.forName(arguments[0]).getAnnotation(ApplicationPath.class).value();
        ResourceMethodRegistry registry = new ResourceMethodRegistry(new ResteasyProviderFactory());
        for (int place = 1; place < arguments.length; place++)
            registry.addPerRequestResource(Class.forName(arguments[place]));
        for (Map.Entry<String, List<ResourceInvoker>> bound : registry.getBounded().entrySet())
            for (ResourceInvoker invoker : bound.getValue()) {
                String path = base + "/" + bound.getKey().replaceFirst("^/", "");
                if (invoker instanceof ResourceMethodInvoker)
                    for (String method : ((ResourceMethodInvoker) invoker).getHttpMethods())
                        System.out.println(method + " " + path);
                else // a locator: what it returns answers below
                    System.out.println("any " + path + "/{}");
            }
    }
}
