package com.example.collections.jobs;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Runs the job named by {@code --job=}; a failure ends the process with a non-zero status. */
@Component
class JobRunner implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

    private final Map<String, Job> jobs;

    JobRunner(Map<String, Job> jobs) {
        this.jobs = jobs;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        if (!arguments.containsOption("job")) {
            return;
        }
        for (String name : arguments.getOptionValues("job")) {
            Job job = jobs.get(name);
            if (job == null) {
                throw new IllegalArgumentException("unknown job " + name + ", known are " + jobs.keySet());
            }
            log.info("job {} starts", name);
            log.info("job {} done: {}", name, job.run());
        }
    }
}
