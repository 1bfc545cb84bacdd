package com.example.collections.jobs;

/** A batch job; its bean name is what the crontab passes as {@code --job=}. */
public interface Job {

    /** Does the work and returns one line for the log. */
    String run();
}
