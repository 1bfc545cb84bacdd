"""PHP: trees without a manifest, folders that are served, extensions, Laravel, Symfony."""

import json
import time
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError

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
        ({"index.php": "<?php require 'core.php';\n", "core.php": INDEX, "public/index.php": INDEX}, "/app"),
        ({"index.php": "<?php require 'public/index.php';\n", "public/index.php": INDEX}, "/app/public"),
    ],
)
def test_a_tree_without_a_manifest(tmp_path: Path, catalog: Catalog, files: dict[str, str], root: str) -> None:
    made = converted(tmp_path, files, catalog)
    assert made.image.stack == "php-apache"
    assert f"DocumentRoot {root}'" in made.dockerfile
    assert "AllowOverride All" in made.dockerfile and "a2enmod -q expires headers rewrite" in made.dockerfile
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


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sudo apt-get install nginx php8.1-fpm php8.1-mysql", True),
        ("sudo systemctl restart php8.1-fpm", True),
        ("sudo apt-get install apache2 libapache2-mod-php8.1", False),
    ],
)
def test_fpm_behind_nginx_is_told(tmp_path: Path, catalog: Catalog, line: str, told: bool) -> None:
    readme = f"# Shop\n\n## Install\n\n```sh\n{line}\n```\n"
    made = converted(tmp_path, {"index.php": INDEX, "README.md": readme}, catalog)
    assert ("RP038" in made.codes) is told


def test_build_tools_of_node_do_not_make_php_a_static_site(tmp_path: Path, catalog: Catalog) -> None:
    package = json.dumps({"scripts": {"build": "gulp"}, "devDependencies": {"gulp": "^4.0.0"}})
    made = converted(tmp_path, {"index.php": INDEX, "package.json": package}, catalog)
    assert made.image.stack == "php-apache"


def test_laravel(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, LARAVEL | {"database/migrations/2024_create.php": INDEX}, catalog)
    assert (made.image.stack, made.image.version) == ("php-laravel", "8.2")
    assert "COPY composer.json composer.lock ./" in made.dockerfile
    assert "--no-autoloader" in made.image.install[0] and "--no-scripts" in made.image.install_after_source[0]
    assert {"/app/storage", "/app/bootstrap/cache"} <= set(made.image.writable)
    assert "LOG_CHANNEL=stderr" in made.dockerfile and "DocumentRoot /app/public'" in made.dockerfile
    assert made.plan.release and made.plan.release.commands == (("php", "artisan", "migrate", "--force"),)
    assert "gd" in made.image.extensions


def test_symfony(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SYMFONY, catalog)
    assert (made.image.stack, made.image.workdir) == ("php-symfony", "")
    assert made.image.build == (("touch", ".env"),)
    assert "APP_ENV=prod" in made.dockerfile and "/app/var" in made.image.writable


README = """# Time billing

```
composer install --no-dev
php artisan key:generate
php artisan migrate
php artisan storage:link
php artisan migrate:fresh --seed
```

## Cron

```
* * * * * cd /var/www/time-billing && php artisan schedule:run >> /dev/null 2>&1
```
"""
QUEUE = "[program:billing-queue]\ncommand=php /var/www/time-billing/artisan queue:work --sleep=3\nuser=www-data\n"


def test_processes_and_release_of_laravel(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, LARAVEL | {"README.md": README, "deploy/supervisor.conf": QUEUE}, catalog)
    assert {name: (service.kind, service.argv) for name, service in made.plan.services.items()} == {
        "web": ("web", ("apache2-foreground",)),
        "billing-queue": ("worker", ("php", "/app/artisan", "queue:work", "--sleep=3")),
        "scheduler": ("scheduler", ("php", "artisan", "schedule:work")),
    }
    assert made.plan.release and made.plan.release.commands == (("php", "artisan", "migrate", "--force"),)
    assert "key:generate" not in "".join(made.dockerfiles.values())
    assert "ln -sfn ../storage/app/public public/storage" in made.dockerfile
    told = [finding.message for finding in made.planned.findings if finding.code == "RP052"]
    assert [word for word in ("key:generate", "storage:link", "migrate:fresh") if any(word in m for m in told)] == [
        "key:generate",
        "storage:link",
        "migrate:fresh",
    ]


def test_a_release_makes_no_single_records(tmp_path: Path, catalog: Catalog) -> None:
    readme = """# Deploy

```bash
php artisan migrate --force
php artisan tenants:migrate
php artisan tenants:list
php artisan tenants:create acme "Acme Ltd" admin@example.com
php artisan livewire:publish --assets
```
"""
    made = converted(tmp_path, LARAVEL | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (
        ("php", "artisan", "migrate", "--force"),
        ("php", "artisan", "tenants:migrate"),
    )
    told = " ".join(finding.message for finding in made.planned.findings if finding.code == "RP052")
    assert all(task in told for task in ("tenants:list", "tenants:create", "livewire:publish"))


def test_an_older_laravel_is_asked_every_minute(tmp_path: Path, catalog: Catalog) -> None:
    manifest = json.dumps({"require": {"php": ">=7.1", "laravel/framework": "5.8.*"}})
    files = {name: text for name, text in LARAVEL.items() if name != "composer.lock"}
    made = converted(tmp_path, files | {"composer.json": manifest, "README.md": README}, catalog)
    assert made.plan.services["schedule-run"].schedule == "cron(* * * * ? *)"


def test_processes_and_release_of_symfony(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Shop\n\n```\nphp bin/console doctrine:database:create\nphp bin/console doctrine:migrations:migrate -n\n```\n\n"
        "Start the worker:\n\n```\nphp bin/console messenger:consume async -vv\n```\n"
    )
    made = converted(tmp_path, SYMFONY | {"README.md": readme}, catalog)
    assert made.plan.services["worker"].argv == ("php", "bin/console", "messenger:consume", "async", "-vv")
    assert made.plan.release and [argv[2] for argv in made.plan.release.commands] == ["doctrine:migrations:migrate"]
    assert "FallbackResource /index.php" in made.dockerfile and "touch .env" in made.dockerfile


def test_a_checkout_with_the_name_of_one_of_its_folders(tmp_path: Path, catalog: Catalog) -> None:
    server = "server {\n    root /var/www/app;\n}\n"
    files = {"index.php": INDEX, "app/check.php": INDEX, "docker/nginx.conf": server}
    assert converted(tmp_path, files, catalog).image.document_root == ""


def test_an_application_in_a_folder_beside_scripts_is_served_from_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {"server/index.php": INDEX, "server/composer.json": "{}", "upgrades/one/run.php": INDEX}
    image = converted(tmp_path, files, catalog).image
    assert (image.directory, image.document_root) == ("server", "")


@pytest.mark.parametrize("server", ["nginx", "Apache"])
def test_the_folder_that_a_web_server_of_the_host_serves(tmp_path: Path, catalog: Catalog, server: str) -> None:
    site = {
        "nginx": "server {\n    root /var/www/shop/site;\n    location / {\n        try_files $uri $uri/ /index.php?$args;\n    }\n    location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; }\n}\n",
        "Apache": "<VirtualHost *:80>\n    DocumentRoot /var/www/shop/site\n</VirtualHost>\n",
    }[server]
    made = converted(tmp_path, {"site/index.php": INDEX, f"etc/{server.lower()}-shop.conf": site}, catalog)
    assert made.image.document_root == "site" and "DocumentRoot /app/site'" in made.dockerfile
    assert made.image.front_controller == ("index.php" if server == "nginx" else "")
    assert ("FallbackResource /index.php" in made.dockerfile) == (server == "nginx")


def test_rules_for_apache_that_come_with_the_application_decide(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SYMFONY | {"public/.htaccess": "RewriteEngine On\n"}, catalog)
    assert made.image.front_controller == "" and "FallbackResource" not in made.dockerfile


def test_scripts_of_node_are_not_run_without_it(tmp_path: Path, catalog: Catalog) -> None:
    package = json.dumps({"scripts": {"build": "make -C docs"}})
    readme = "# Shop\n\n```sh\nnpm run build\n```\n"
    made = converted(tmp_path, LARAVEL | {"package.json": package, "README.md": readme}, catalog)
    assert made.image.stack == "php-laravel" and "npm" not in made.dockerfile


def test_an_empty_value_of_a_sample_does_not_hide_the_stacks(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SYMFONY | {".env.example": "# prod or dev\nAPP_ENV=\n"}, catalog)
    assert made.plan.environment["APP_ENV"].value == "prod"


@pytest.mark.parametrize(("image", "driver"), [("postgres:16", "pgsql"), ("mariadb:10.11", "mysql")])
def test_laravel_names_the_driver_and_is_in_production(
    tmp_path: Path, catalog: Catalog, image: str, driver: str
) -> None:
    sample = (
        "APP_ENV=local\nAPP_DEBUG=true\nAPP_URL=http://localhost\nLOG_CHANNEL=stack\nDB_CONNECTION=sqlite\nDB_HOST=localhost\n"
        "DB_DATABASE=shop\nREDIS_CACHE_CONNECTION=cache\nQUEUE_CONNECTION=database\n"
    )
    compose = f"services:\n  db:\n    image: {image}\n"
    made = converted(tmp_path, LARAVEL | {".env.example": sample, "docker-compose.yml": compose}, catalog)
    variables = {name: value.reference or value.value for name, value in made.plan.environment.items()}
    assert variables["DB_CONNECTION"] == driver and variables["DB_HOST"] == "{database.host}"
    assert (variables["APP_ENV"], variables["APP_DEBUG"], variables["LOG_CHANNEL"]) == ("production", "false", "stderr")
    assert variables["REDIS_CACHE_CONNECTION"] == "cache" and variables["QUEUE_CONNECTION"] == "database"
    assert made.plan.datastores["database"].database == "shop"


@pytest.mark.parametrize(
    ("locked", "version"),
    [
        ({"laminas/laminas-code": "^7.1"}, "7.4"),
        ({"laminas/laminas-escaper": "^7.3 || ~8.0.0", "psr/log": "^8.0"}, "8.0"),
        ({"lcobucci/clock": "~8.2.0 || ~8.3.0 || ~8.4.0"}, "8.2"),
        ({"psr/log": "^8.3"}, "8.3"),
    ],
)
def test_php_is_a_version_that_the_locked_libraries_run_on(
    tmp_path: Path, catalog: Catalog, locked: dict[str, str], version: str
) -> None:
    packages = [{"name": name, "version": "1.0.0", "require": {"php": php}} for name, php in locked.items()]
    files = {
        "composer.json": json.dumps({"require": {"php": ">=7.3", "symfony/framework-bundle": "*"}}),
        "composer.lock": json.dumps({"packages": packages}),
    }
    made = converted(tmp_path, SYMFONY | files, catalog)
    assert made.image.version == version
    assert ("RP025" in made.codes) is (version < "8.2")


@pytest.mark.parametrize(("library", "extensions"), [("predis/predis", ()), ("laravel/horizon", ("redis",))])
def test_redis_needs_its_extension_unless_a_library_talks_to_it(
    tmp_path: Path, catalog: Catalog, library: str, extensions: tuple[str, ...]
) -> None:
    packages = [{"name": name, "version": "1.0.0"} for name in ("laravel/framework", library)]
    files = {
        "composer.json": json.dumps({"require": {"php": "^8.2", "laravel/framework": "^11.0", library: "*"}}),
        "composer.lock": json.dumps({"packages": packages, "platform": {"ext-zend-opcache": "*"}}),
        "docker-compose.yml": "services:\n  redis:\n    image: redis:7\n",
    }
    assert converted(tmp_path, LARAVEL | files, catalog).image.extensions == extensions


def test_what_the_container_is_told_is_where_frameworks_look(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SYMFONY, catalog)
    settings, order = (
        made.dockerfile.index(text)
        for text in ("php.ini-production", "'variables_order = \"EGPCS\"' > /usr/local/etc/php/conf.d/")
    )
    assert settings < order and "APP_ENV=prod" in made.dockerfile


def test_what_the_code_calls_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": "<?php\n$image = imagecreatetruecolor(10, 10);\n$this->bcadd(1);\n// ldap_connect in words\n",
        "lib/archive.php": "<?php\n$archive = new \\ZipArchive();\n",
        "install.php": "<?php\nif (!@function_exists('gmp_add')) die('no GMP');\n",
        "vendor/other/a.php": "<?php\nnew SoapClient('x');\n",
    }
    assert converted(tmp_path, files, catalog).image.extensions == ("gd", "gmp", "zip")


def test_a_folder_that_a_web_server_serves_is_no_php(tmp_path: Path, catalog: Catalog) -> None:
    files = {"deploy/nginx.conf": "server { listen 80; root /var/www/pages; }\n", "pages/a.txt": "a\n"}
    with pytest.raises(BadInputError, match="no application was recognised"):
        converted(tmp_path, files, catalog)


def test_a_plug_in_with_a_page_of_its_own_is_a_part(tmp_path: Path, catalog: Catalog) -> None:
    plug_in = {"plugins/tables/package.json": '{"name": "tables"}', "plugins/tables/index.php": INDEX}
    made = converted(tmp_path / "part", {"index.php": INDEX} | plug_in, catalog)
    assert list(made.plan.images) == ["app"] and made.image.directory == ""


def test_modules_of_the_hosts_web_server_are_no_packages_of_the_image(tmp_path: Path, catalog: Catalog) -> None:
    earlier = "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y libapache2-mod-php8.3 poppler-utils\n"
    made = converted(tmp_path, LARAVEL | {"Dockerfile": earlier}, catalog)
    assert "poppler-utils" in made.image.runtime_packages
    assert not any("apache2" in package for package in made.image.runtime_packages)
    assert "/usr/share/man" not in made.dockerfile


def test_packages_that_link_manual_pages_find_their_folders(tmp_path: Path, catalog: Catalog) -> None:
    earlier = "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y pdftk-java\n"
    text = converted(tmp_path, LARAVEL | {"Dockerfile": earlier}, catalog).dockerfile
    assert text.index("mkdir -p /usr/share/man/man1") < text.index("pdftk-java")


def test_null_names_no_database(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, LARAVEL | {".env.example": "DB_CONNECTION=mysql\nDB_DATABASE=null\n"}, catalog)
    assert made.plan.datastores["database"].database == "demo"


@pytest.mark.parametrize(
    ("code", "version"),
    [
        ("<?php\nif ($entry{0} == '.') { skip(); }\n", "7.4"),
        ("<?php\nfunction __autoload($name) {}\n", "7.4"),
        ("<?php\nfunction all() { $input = & $GLOBALS; }\n", "8.0"),
        ("<?php\n$link = mysql_connect($host);\n", "5.6"),
        ("<?php\n$link = extension_loaded('mysqli') ? new mysqli($host) : mysql_connect($host);\n", "8.2"),
        ("<?php\n/* $text{0} */ // function __autoload(\n$words = '$text{0}' . \"{$x->y}{$i}\";\n", "8.2"),
    ],
)
def test_code_that_does_not_compile_any_more_gets_the_php_of_its_time(
    tmp_path: Path, catalog: Catalog, code: str, version: str
) -> None:
    files = {"index.php": INDEX, "include/functions.php": code, "README.md": "# Forum\n\nNeeds PHP 5.3 or newer.\n"}
    made = converted(tmp_path, files | {"include/cache.php": code}, catalog)
    assert made.image.version == version and ("RP025" in made.codes) == (version != "8.2")
    assert ("mysql" in made.image.extensions) == (version == "5.6")
    if version == "7.4":
        (why,) = (d for d in made.planned.decisions if d.key == "images.app.version")
        assert "include/cache.php" in {place.path for place in why.evidence}


def test_other_people_s_code_does_not_choose_the_version(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": INDEX,
        "plugins/old/old.php": "<?php\necho $text{0};\n",
        "plugins/old/more.php": "<?php\necho $text{0};\n",
        # PEAR's packages lie where their names say.
        "File/Passwd.php": "<?php\n/** @link http://pear.php.net/package/File_Passwd */\necho $text{0};\n",
        "File/Passwd/Unix.php": "<?php\n/** @link http://pear.php.net/package/File_Passwd */\necho $text{0};\n",
        "README.md": "# Forum\n\nNeeds PHP 5.3.\n",
    }
    assert converted(tmp_path, files, catalog).image.version == "8.2"


@pytest.mark.parametrize(
    ("stated", "version"),
    [("PHP version 8.1 - 8.2", "8.2"), ("PHP version 8.1", "8.2"), ("PHP 7.2 - 7.4", "7.4"), ("PHP 7.1 to 8.3", "8.2")],
)
def test_a_range_is_taken_from_its_supported_end(tmp_path: Path, catalog: Catalog, stated: str, version: str) -> None:
    readme = f"# Forum\n\n## Requirements\n\n* {stated}\n"
    assert converted(tmp_path, {"index.php": INDEX, "README.md": readme}, catalog).image.version == version


def test_code_stays_roots_where_new_files_are_made_beside_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": INDEX,
        "install.php": "<?php\nif (!is_writable('include/config.php')) { stop(); }\nmkdir('media/' . $album);\n",
        "include/functions.php": "<?php\n",
        "media/readme": "",
        "notes/.htaccess": "",
        "settings.ini": "",
        "README.md": "# Forum\n\nThe web server has to be able to write to `notes` and `settings.ini`, and to `/etc/forum`.\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.writable == ("/app/notes", "/app/media")
    assert made.image.owned == ("/app/settings.ini", "/app/include")
    assert "&& chown 33:33 /app/settings.ini /app/include\n" in made.dockerfile


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("<?php\nwhile (list($k, $v) = each($lines)) {}\n", True),
        ("<?php\nif (function_exists('each')) each($lines);\n", False),
        ("<?php\n$rows->each($show); Rows::each($show); // each($lines)\n", False),
        ("<?php ?>\n<script>$.each(rows); each(rows)</script>\n", False),
        ("<?php\necho $text{0}; // a single file\n", True),
    ],
)
def test_functions_that_php_took_away_are_told(tmp_path: Path, catalog: Catalog, code: str, told: bool) -> None:
    files = {"index.php": INDEX, "admin/upload.php": code, "README.md": "# Shop\n\nNeeds PHP 5.3 or newer.\n"}
    made = converted(tmp_path, files, catalog)
    assert made.image.version == "8.2" and ("RP088" in made.codes) == told


@pytest.mark.parametrize(
    ("files", "on"),
    [
        ({"inc/page.php": "<? echo $title ?>\n"}, True),
        ({"inc/page.php": "<p><? foot() ?></p>\n"}, True),
        ({"inc/page.php": "<?php\necho '<? xml';\n?>\n<?= $title ?>\n"}, False),
        ({"inc/page.php": "<? echo $title ?>\n", "feed.php": '<?xml version="1.0"?>\n<rss/>\n'}, False),
    ],
)
def test_short_tags_are_switched_on_where_code_opens_with_them(
    tmp_path: Path, catalog: Catalog, files: dict[str, str], on: bool
) -> None:
    made = converted(tmp_path, {"index.php": INDEX} | files, catalog)
    assert ("'short_open_tag = 1' > /usr/local/etc/php/conf.d/application.ini" in made.dockerfile) == on


def test_what_php_prints_about_itself_is_no_minimum(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\nOur server:\n\n```\n$ php -v\nPHP 7.2.24-0ubuntu0.18.04.17 (cli) (built: Feb 23 2023 13:29:25) ( NTS )\n```\n"
    made = converted(tmp_path, {"index.php": INDEX, "README.md": readme}, catalog)
    assert made.image.version == "7.2" and "RP025" in made.codes


def test_options_of_gd_are_those_of_its_time(tmp_path: Path, catalog: Catalog) -> None:
    gd = {"index.php": INDEX, "composer.json": '{"require": {"php": "~7.0", "ext-gd": "*"}}'}
    assert "--with-jpeg " in converted(tmp_path / "a", gd, catalog).dockerfile
    gd["composer.json"] = '{"require": {"php": "7.2.*", "ext-gd": "*"}}'
    assert "--with-jpeg-dir=/usr" in converted(tmp_path / "b", gd, catalog).dockerfile


def test_a_folder_of_libraries_is_no_second_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {"index.php": INDEX, "core/composer.json": '{"require": {"php": ">=7.2"}}', "core/admin/index.php": INDEX}
    assert list(converted(tmp_path, files, catalog).plan.images) == ["app"]


@pytest.mark.parametrize("text", ['"' + '\\"' * 90_000, "'" + "\\'" * 90_000, "/*" * 90_000, "<<<A\n" * 35_000])
def test_texts_without_an_end_are_read_once(tmp_path: Path, catalog: Catalog, text: str) -> None:
    started = time.process_time()
    made = converted(tmp_path, {"index.php": INDEX, "inc/page.php": f"<?php each($rows); {text}"}, catalog)
    assert "RP088" in made.codes and time.process_time() - started < 20


def test_a_script_below_is_run_in_its_folder(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Instalación\n\n- Ingresa en la carpeta `config` y corre el comando `php database_setup.php`\n"
    files = {
        "index.php": "<?php\n",
        "config/database_setup.php": "<?php require './config.php';\n",
        "README.md": readme,
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.release
    assert made.plan.release.commands == (("sh", "-c", "cd config && exec php database_setup.php"),)


def test_extensions_that_a_list_of_requirements_or_a_copied_library_names(tmp_path: Path, catalog: Catalog) -> None:
    installed = {
        "packages": [{"name": "a/b", "require": {"ext-exif": "*", "php": ">=7"}, "suggest": {"ext-imagick": "*"}}]
    }
    files = {
        "index.php": "<?php require 'lib/vendor/autoload.php';\n",
        "lib/vendor/autoload.php": "<?php\n",
        "lib/vendor/composer/installed.json": json.dumps(installed),
        "README.md": "# Shop\n\n## Requirements\n\n* PHP >= 8.2\n* GD extension\n* mod_rewrite\n",
    }
    assert converted(tmp_path, files, catalog).image.extensions == ("exif", "gd")


def test_a_folder_of_tests_with_the_application_s_name_is_no_service(tmp_path: Path, catalog: Catalog) -> None:
    program = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("salt") }\n'
    files = {"index.php": INDEX, "forum_tests/lib/ci/salt/main.go": program, "README.md": "# Forum\n"}
    assert list(converted(tmp_path, files, catalog).plan.images) == ["app"]


def test_an_extension_that_nobody_has_does_not_end_the_build(tmp_path: Path, catalog: Catalog) -> None:
    needed = {"require": {"php": ">=8.1", "ext-gd": "*", "ext-libsodium": "*", "ext-redis": "*", "ext-billing": "*"}}
    made = converted(tmp_path, {"index.php": INDEX, "composer.json": json.dumps(needed)}, catalog)
    assert made.image.extensions == ("gd", "redis")
    assert [finding.message.split()[0] for finding in made.planned.findings if finding.code == "RP091"] == ["billing"]


def test_copying_to_the_folder_that_a_host_serves_is_no_release(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\n```\nphp manage.php deploy --setup /var/www/htdocs/shop/\n```\n"
    made = converted(tmp_path, {"index.php": INDEX, "manage.php": INDEX, "README.md": readme}, catalog)
    assert made.plan.release is None and "RP052" in made.codes


def test_a_database_that_an_included_file_connects_to(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": "<?php include 'db.inc';\n",
        "db.inc": "<?php $db = mysqli_connect($host, $user, $password);\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.extensions == ("mysqli", "pdo_mysql") and made.plan.datastores["database"].engine == "mysql"


def test_folders_that_archives_are_unpacked_into_and_parts_of_paths(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": "<?php\ndefine('ADDONS', __DIR__ . '/addons/');\n$zip->extractTo(ADDONS);\n",
        "addons/readme": "",
        "lib/bans.php": "<?php\nclass Bans {\n    const FOLDER = 'bans/';\n    function save() {\n"
        "        file_put_contents(self::FOLDER . $name, '');\n    }\n}\n",
    }
    assert converted(tmp_path, files, catalog).image.writable == ("/app/addons",)


@pytest.mark.parametrize(("readme", "version"), [("PHP >= 7.0", "8.2"), ("PHP 7", "7.4")])
def test_composer_bounds_nothing_where_it_installs_nothing(
    tmp_path: Path, catalog: Catalog, readme: str, version: str
) -> None:
    files = {
        "index.php": INDEX,
        "vendor/autoload.php": "<?php\n",
        "composer.json": json.dumps({"require": {"php": "^7.0"}}),
        "README.md": f"# Shop\n\n## Requirements\n\n* {readme}\n",
    }
    assert converted(tmp_path, files, catalog).image.version == version


def test_a_folder_that_an_empty_hidden_file_keeps_is_written_to(tmp_path: Path, catalog: Catalog) -> None:
    files = {"index.php": INDEX, "templates_c/.dummy": "", "modules/.settings": "a=1\n"}
    assert converted(tmp_path, files, catalog).image.writable == ("/app/templates_c",)


CHART = {
    "js/chart/package.json": '{"name": "chart.js", "scripts": {"build": "gulp build"}, "devDependencies": {"gulp": "^3.0.0"}}',
    "js/chart/gulpfile.js": "gulp.task('build', () => gulp.src('src/*.js').pipe(gulp.dest('dist')));\n",
    "js/chart/index.html": "<html></html>\n",
    "lib/collection/composer.json": '{"require": {"php": ">=5.4", "psr/log": "^1"}}',
    "lib/collection/README.md": "# Collection\n\nRequires PHP 5.4.\n\n    composer install\n",
    "lib/records/Connection.php": "<?php\n$connection = new PDO('mysql:host=' . $host);\n",
    "lib/records/composer.json": '{"require": {"php": ">=5.3"}}',
    "lib/records/README.md": "# Records\n\nRequires PHP 5.3.\n\n    export RECORDS_DSN=mysql:host=localhost\n",
}
LICENCES = {"js/chart/LICENSE.md": "MIT\n", "lib/records/LICENSE": "MIT\n", "lib/collection/LICENSE": "MIT\n"}


def test_copied_libraries_are_no_services_and_tell_nothing(tmp_path: Path, catalog: Catalog) -> None:
    files = {"index.php": INDEX, "README.md": "# Shop\n\nNeeds PHP 8.2.\n", **CHART, **LICENCES}
    made = converted(tmp_path, files, catalog)
    assert list(made.plan.services) == ["web"] and made.image.version == "8.2"
    assert "pdo_mysql" in made.image.extensions  # what their code needs, the application needs
    assert not made.image.install and not made.image.package_manager and "RECORDS_DSN" not in made.plan.environment


def test_a_copied_library_without_a_manifest_tells_nothing_either(tmp_path: Path, catalog: Catalog) -> None:
    copied = {name: text for name, text in CHART.items() if name.startswith("lib/") and not name.endswith(".json")}
    made = converted(
        tmp_path, {"index.php": INDEX, "README.md": "# Shop\n\nNeeds PHP 8.2.\n", **copied, **LICENCES}, catalog
    )
    assert made.image.version == "8.2" and "RECORDS_DSN" not in made.plan.environment


@pytest.mark.parametrize(
    ("loads", "manager"),
    [("require 'lib/autoload.php';", ""), ("require __DIR__ . '/vendor/autoload.php';", "composer")],
)
def test_composer_installs_what_the_code_loads_by_it(
    tmp_path: Path, catalog: Catalog, loads: str, manager: str
) -> None:
    files = {
        "index.php": f"<?php {loads}\n",
        "lib/autoload.php": "<?php spl_autoload_register('load');\n",
        "lib/Psr/Log/LoggerInterface.php": "<?php\n",
        "composer.json": json.dumps({"require": {"psr/log": "^1.0"}}),
    }
    assert converted(tmp_path, files, catalog).image.package_manager == manager
