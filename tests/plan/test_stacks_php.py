"""PHP: trees without a manifest, folders that are served, extensions, Laravel, Symfony."""

import json
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

INDEX = "<?php echo 'hello';\n"
LARAVEL = {
    "artisan": "#!/usr/bin/env php\n<?php\n",
    "public/index.php": INDEX,
    "bootstrap/app.php": "<?php\n",
    "composer.json": json.dumps({"require": {"php": "^8.2", "laravel/framework": "^11.0", "ext-gd": "*"}}),
    "composer.lock": json.dumps({"packages": [{"name": "laravel/framework", "version": "v11.0.1"}]}),
}
SYMFONY = {
    "bin/console": "#!/usr/bin/env php\n<?php\n",
    "public/index.php": INDEX,
    "composer.json": json.dumps({"require": {"php": ">=8.2", "symfony/framework-bundle": "7.1.*"}}),
}


@pytest.mark.parametrize(
    ("files", "root"),
    [
        ({"index.php": INDEX}, "/app"),
        ({"public/index.php": INDEX, "src/a.php": INDEX}, "/app/public"),
        ({"htdocs/index.php": INDEX}, "/app/htdocs"),
        ({"index.php": "<?php header('Location: p/');\n", "p/index.php": INDEX}, "/app/p"),
    ],
)
def test_a_tree_without_a_manifest(tmp_path: Path, catalog: Catalog, files: dict[str, str], root: str) -> None:
    made = converted(tmp_path, files, catalog)
    assert made.image.stack == "php-apache"
    assert f"DocumentRoot {root}'" in made.dockerfile
    assert "AllowOverride All" in made.dockerfile and "a2enmod -q headers rewrite" in made.dockerfile
    assert "Listen 8080" in made.dockerfile and "USER 33:33" in made.dockerfile
    assert made.plan.services["web"].command == ("apache2-foreground",)
    assert made.image.install == ()


def test_extensions_of_the_readme_and_of_the_manifest(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Install\n\n```sh\nsudo apt-get install php8.1-gd php-mysql php-curl\n```\n"
    manifest = json.dumps({"require": {"php": ">=7.4", "ext-intl": "*", "ext-json": "*"}})
    made = converted(tmp_path, {"index.php": INDEX, "README.md": readme, "composer.json": manifest}, catalog)
    assert made.image.extensions == ("gd", "intl", "mysqli", "pdo_mysql")
    assert "libicu-dev" in made.image.build_packages and "libicu72" in made.image.runtime_packages
    assert "docker-php-ext-install gd intl mysqli pdo_mysql" in made.dockerfile
    assert "purge --auto-remove" in made.dockerfile


def test_build_tools_of_node_do_not_make_php_a_static_site(tmp_path: Path, catalog: Catalog) -> None:
    package = json.dumps({"scripts": {"build": "gulp"}, "devDependencies": {"gulp": "^4.0.0"}})
    made = converted(tmp_path, {"index.php": INDEX, "package.json": package}, catalog)
    assert [image.stack for image in made.plan.images.values()] == ["php-apache"]


def test_laravel(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, LARAVEL | {"database/migrations/2024_create.php": INDEX}, catalog)
    assert (made.image.stack, made.image.version) == ("php-laravel", "8.2")
    assert "COPY composer.json composer.lock ./" in made.dockerfile
    assert "--no-autoloader" in made.image.install[0] and "--no-scripts" in made.image.install_after_source[0]
    assert {"/app/storage", "/app/bootstrap/cache"} <= set(made.image.writable)
    assert "LOG_CHANNEL=stderr" in made.dockerfile and "DocumentRoot /app/public'" in made.dockerfile
    assert made.plan.release and made.plan.release.commands == (("php", "artisan", "migrate", "--force"),)
    assert "gd" in made.image.extensions


def test_laravel_with_assets(tmp_path: Path, catalog: Catalog) -> None:
    package = json.dumps({"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^5.0.0"}})
    made = converted(tmp_path, LARAVEL | {"package.json": package}, catalog)
    assert made.image.stack == "php-laravel-assets"
    assert made.image.build == (("npm", "install", "--no-audit", "--no-fund"), ("npm", "run", "build"))
    assert "rm -rf node_modules" in made.dockerfile


def test_symfony(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SYMFONY, catalog)
    assert (made.image.stack, made.image.workdir) == ("php-symfony", "")
    assert made.image.build == (("touch", ".env"),)
    assert "APP_ENV=prod" in made.dockerfile and "/app/var" in made.image.writable


def test_symfony_with_assets(tmp_path: Path, catalog: Catalog) -> None:
    package = json.dumps(
        {"scripts": {"build": "encore production"}, "devDependencies": {"@symfony/webpack-encore": "^4"}}
    )
    made = converted(tmp_path, SYMFONY | {"package.json": package}, catalog)
    assert made.image.stack == "php-symfony-assets"
    assert made.image.build[-1] == ("npm", "run", "build")
