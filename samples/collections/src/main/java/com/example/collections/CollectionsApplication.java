package com.example.collections;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.core.env.SimpleCommandLinePropertySource;

@SpringBootApplication
public class CollectionsApplication {

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(CollectionsApplication.class);
        if (new SimpleCommandLinePropertySource(args).containsProperty("job")) {
            // Cron starts the jar a second time on the same host: the port is taken.
            application.setWebApplicationType(WebApplicationType.NONE);
            System.exit(SpringApplication.exit(application.run(args)));
        }
        application.run(args);
    }
}
