# Spring MVC as Debian packages it, with a JDK: https://packages.debian.org/bookworm/libspring-web-servlet-java
FROM maven:3.9-eclipse-temurin-17
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        libcommons-logging-java libservlet-api-java libspring-context-java libspring-web-servlet-java \
    && rm -rf /var/lib/apt/lists/*
