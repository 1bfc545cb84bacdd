# Tomcat and RESTEasy as Debian packages them, with a JDK: https://packages.debian.org/bookworm/libresteasy3.0-java
FROM maven:3.9-eclipse-temurin-17
RUN apt-get update \
    && apt-get install --no-install-recommends --yes libresteasy3.0-java libtomcat9-java \
    && rm -rf /var/lib/apt/lists/*
