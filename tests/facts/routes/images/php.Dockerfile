# Laravel and Symfony's routing as Debian packages them: https://packages.debian.org/bookworm/php-laravel-framework
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        php-cli php-doctrine-annotations php-laravel-framework php-symfony-config php-symfony-routing php-symfony-yaml \
    && rm -rf /var/lib/apt/lists/*
