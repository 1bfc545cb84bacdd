import java.nio.file.Paths;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** Mappings of the servlets of an unpacked war, asked of Tomcat when it has started: java ServletRoutes FOLDER. */
public class ServletRoutes {
    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir("/tmp/tomcat");
        tomcat.setPort(0);
        Context context = tomcat.addWebapp("", Paths.get(arguments[0]).toAbsolutePath().toString());
        tomcat.start();
        for (String pattern : context.findServletMappings()) {
            String name = context.findServletMapping(pattern);
            if (!name.equals("default") && !name.equals("jsp")) // Tomcat's own, for files and pages
                System.out.println("any " + (pattern.startsWith("/") ? pattern : "/" + pattern));
        }
        System.exit(0); // threads of Tomcat would go on
    }
}
