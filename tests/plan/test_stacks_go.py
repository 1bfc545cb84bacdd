"""Go modules: versions, several programs, modules of the source tree, libraries in C."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import FLASK_APP, converted

WEB = 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":9000", nil)\n}\n'
TASK = 'package main\n\nfunc main() {\n\tprintln("done")\n}\n'
MODULE = "module example.com/firm/shop\n\ngo 1.21\n\nrequire github.com/go-chi/chi/v5 v5.0.10\n"
ONE = {"go.mod": MODULE, "go.sum": "", "main.go": WEB}


def test_one_program_at_the_top(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, ONE, catalog)
    assert (made.image.stack, made.image.version) == ("go", "1.26")
    assert made.image.copy_first == ("go.mod", "go.sum")
    assert made.image.install == (("go", "mod", "download"),)
    assert made.image.build == (("go", "build", "-ldflags=-s -w", "-o", "bin/", "."),)
    assert "CGO_ENABLED=1 go build" in made.dockerfile and "USER 10001:10001" in made.dockerfile
    web = made.plan.services["web"]
    assert (web.command, web.port) == (("/app/bin/shop",), 9000)
    assert "RP025" not in made.codes


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        ("go 1.11", "1.26"),
        ("go 1.27", "1.27"),
        ("go 1.21\n\ntoolchain go1.27.1", "1.27"),
    ],
)
def test_the_module_states_the_oldest_version(tmp_path: Path, catalog: Catalog, lines: str, version: str) -> None:
    made = converted(tmp_path, ONE | {"go.mod": f"module example.com/shop\n\n{lines}\n"}, catalog)
    assert made.image.version == version and f"FROM golang:{version}-bookworm AS build" in made.dockerfile


def test_a_version_later_than_every_image(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, ONE | {"go.mod": "module example.com/shop\n\ngo 1.99\n"}, catalog)
    assert made.image.version == "1.27" and "RP024" in made.codes


def test_programs_have_the_names_that_operators_gave_them(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Shop\n\n## Build\n\n```sh\ngo build -tags netgo -o bin/shop-web ./cmd/server\ngo build -o bin/shop-jobs cmd/jobs/main.go\n```\n\n"
        "## Database\n\nApply the migrations:\n\n```sh\nbin/migrate up\n```\n"
    )
    unit = "[Service]\nWorkingDirectory=/opt/shop\nExecStart=/opt/shop/bin/{} --verbose\n"
    files = {
        "go.mod": MODULE,
        "go.sum": "",
        "cmd/server/main.go": WEB,
        "cmd/jobs/main.go": TASK,
        "cmd/migrate/main.go": TASK,
        "tools/gen/main.go": TASK,
        "README.md": readme,
        "deploy/shop-web.service": unit.format("shop-web"),
        "deploy/shop-worker.service": unit.format("shop-jobs"),
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.build[0][2:4] == ("-tags", "netgo")
    assert made.image.build[0][-3:] == ("./cmd/server", "./cmd/jobs", "./cmd/migrate")
    commands = {name: service.command for name, service in made.plan.services.items()}
    assert commands == {
        "shop-web": ("/app/bin/server", "--verbose"),
        "shop-worker": ("/app/bin/jobs", "--verbose"),
    }
    assert made.plan.release and made.plan.release.commands == (("/app/bin/migrate", "up"),)


@pytest.mark.parametrize(
    ("told", "command"),
    [
        ("go run main.go --basedir=/tmp/ --colour red", ("/app/bin/shop", "--basedir=/tmp/", "--colour", "red")),
        ("go run . serve", ("/app/bin/shop", "serve")),
        ("go run ./cmd/tool serve", ("/app/bin/shop",)),
        ("go run -race . serve", ("/app/bin/shop",)),  # which of the words are the compiler's is not known
    ],
)
def test_what_developers_tell_the_program_that_serves_is_told_to_it(
    tmp_path: Path, catalog: Catalog, told: str, command: tuple[str, ...]
) -> None:
    files = ONE | {"cmd/tool/main.go": TASK, "README.md": f"# Shop\n\n## Development\n\n```sh\n{told}\n```\n"}
    assert converted(tmp_path, files, catalog).plan.services["web"].command == command


def test_a_migration_that_is_compiled_as_it_is_run_is_a_release_step(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Run\n\n```sh\ngo run main.go migrate up\ngo run main.go\n```\n"
    plan = converted(tmp_path, ONE | {"README.md": readme}, catalog).plan
    assert plan.services["web"].command == ("/app/bin/shop",)
    assert plan.release and plan.release.commands == (("/app/bin/shop", "migrate", "up"),)


def test_modules_of_the_source_come_before_the_download(tmp_path: Path, catalog: Catalog) -> None:
    module = MODULE + "\nreplace example.com/firm/lib => ./lib\n"
    made = converted(tmp_path, ONE | {"go.mod": module}, catalog)
    assert made.image.copy_first == () and made.image.install_after_source == (("go", "mod", "download"),)


def test_without_checksums_the_module_is_tidied_first(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, {"go.mod": MODULE, "main.go": WEB}, catalog)
    assert (made.image.install, made.image.install_after_source) == ((), (("go", "mod", "tidy"),))


def test_libraries_that_come_with_the_source_are_not_downloaded(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, ONE | {"vendor/modules.txt": "# github.com/go-chi/chi/v5 v5.0.10\n"}, catalog)
    assert (made.image.install, made.image.install_after_source) == ((), ())
    assert made.image.prune[-1] == ("rm", "-rf", "vendor")


def test_a_library_in_c_is_compiled(tmp_path: Path, catalog: Catalog) -> None:
    module = "module example.com/shop\n\ngo 1.22\n\nrequire github.com/h2non/bimg v1.1.9\n"
    made = converted(tmp_path, ONE | {"go.mod": module}, catalog)
    assert "CGO_ENABLED=1 go build" in made.dockerfile
    assert made.image.build_packages == ("libvips-dev",) and made.image.runtime_packages == ("libvips42",)


def test_a_module_without_a_program_is_no_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {"lib/go.mod": MODULE, "lib/shop.go": "package shop\n", "web/index.php": "<?php echo 1;\n"}
    made = converted(tmp_path, files, catalog)
    assert [image.stack for image in made.plan.images.values()] == ["php-apache"]


def test_a_module_is_installed_under_the_first_part_of_its_name(tmp_path: Path, catalog: Catalog) -> None:
    unit = "[Service]\nExecStart=/usr/bin/shop -config /etc/shop.conf\n"
    files = {"go.mod": "module shop.app\n\ngo 1.22\n", "packaging/shop.service": unit}
    made = converted(tmp_path, ONE | files, catalog)
    assert [service.argv for service in made.plan.services.values()] == [
        ("/app/bin/shop.app", "-config", "/etc/shop.conf")
    ]


def test_a_port_that_the_code_only_takes_from_its_variable_is_set(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "go.mod": "module example.com/shop\n\ngo 1.21\n",
        "main.go": (
            'package main\n\nfunc main() {\n\tport := os.Getenv("PORT")\n\tif port == "" {\n\t\tlog.Fatal("no port")\n\t}\n'
            '\thttp.ListenAndServe(":"+port, nil)\n}\n'
        ),
    }
    dockerfile = converted(tmp_path, files, catalog).dockerfile
    assert "PORT=8080" in dockerfile and "EXPOSE 8080" in dockerfile


OLD = {"main.go": WEB.replace('"net/http"', '"net/http"\nimport "github.com/firm/shop/store"'), "store/store.go": "package store\n"}  # fmt: skip


def test_before_modules_it_becomes_one(tmp_path: Path, catalog: Catalog) -> None:
    lock = '[[projects]]\n  name = "github.com/gorilla/mux"\n  revision = "53c1911"\n  version = "v1.6.1"\n'
    made = converted(tmp_path, OLD | {"Gopkg.lock": lock}, catalog)
    assert made.image.stack == "go-without-modules" and made.image.install == ()
    assert made.image.build[:4] == (
        ("go", "mod", "init", "github.com/firm/shop"),
        ("go", "mod", "edit", "-require=github.com/gorilla/mux@v1.6.1"),
        ("go", "mod", "tidy"),
        ("go", "build", "-ldflags=-s -w", "-o", "bin/", "."),
    )
    assert made.plan.services["web"].command == ("/app/bin/shop",)
    assert "&& find . -name '*.go' -delete" in made.dockerfile  # what removes files reads no variable


def test_before_modules_without_a_lock_file_nothing_is_pinned(tmp_path: Path, catalog: Catalog) -> None:
    build = converted(tmp_path, {"main.go": WEB}, catalog).image.build
    assert build[:2] == (("go", "mod", "init", "server"), ("go", "mod", "tidy"))


def test_a_tool_beside_an_application_in_another_language_is_none(tmp_path: Path, catalog: Catalog) -> None:
    flask = {"requirements.txt": "flask==2.2.5\n", "app.py": FLASK_APP}
    assert converted(tmp_path / "a", flask | {"tools/sum.go": TASK}, catalog).image.stack == "python-flask"
    node = {"package.json": '{"dependencies": {"express": "4"}, "scripts": {"start": "node app.js"}}', "app.js": ""}
    assert converted(tmp_path / "b", node | {"tools/sum.go": TASK}, catalog).image.stack == "node-express"


def test_libraries_in_the_source_are_built_below_gopath(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, OLD | {"vendor/github.com/gorilla/mux/mux.go": "package mux\n"}, catalog)
    assert made.image.stack == "go-vendored" and made.image.build_environment["GO111MODULE"] == "off"
    assert made.image.build[:2] == (
        ("mkdir", "-p", "/go/src/github.com/firm/shop"),
        ("cp", "-a", ".", "/go/src/github.com/firm/shop"),
    )
    assert ("rm", "-rf", "vendor", "Godeps") in made.image.build


@pytest.mark.parametrize(
    ("flag", "option"),
    [
        ('flag.StringVar(&listen, "bind", "127.0.0.1:8080", "where to listen")', "--bind=0.0.0.0:{port}"),
        ('cmd.Flags().StringP("address", "a", "localhost", "where to listen")', "--address=0.0.0.0"),
        ('flag.String("bind", ":8080", "where to listen")', ""),
        ('flag.String("db-host", "localhost", "the database")', ""),
    ],
)
def test_an_option_that_keeps_visitors_out_by_default(tmp_path: Path, catalog: Catalog, flag: str, option: str) -> None:
    main = f'package main\n\nimport "net/http"\n\nfunc main() {{\n\t{flag}\n\thttp.ListenAndServe(listen, nil)\n}}\n'
    made = converted(tmp_path, ONE | {"main.go": main}, catalog)
    assert made.plan.services["web"].command == ("/app/bin/shop", *([option] if option else []))
    told = {"Procfile": "web: shop --bind=0.0.0.0:8080\n"}
    assert converted(tmp_path, ONE | told, catalog).plan.services["web"].command[1:] == ("--bind=0.0.0.0:8080",)


def test_a_program_that_operators_start_beside_the_server(tmp_path: Path, catalog: Catalog) -> None:
    units = {f"{name}.service": f"[Service]\nExecStart=/usr/bin/{name}\n" for name in ("shop", "shop-sweep")}
    made = converted(tmp_path, ONE | units | {"shop-sweep/main.go": TASK, "shop-key/main.go": TASK}, catalog)
    commands = {service.kind: service.command for service in made.plan.services.values()}
    assert commands == {"web": ("/app/bin/shop",), "worker": ("/app/bin/shop-sweep",)}
    assert made.image.build[0][-2:] == (".", "./shop-sweep")


def test_the_server_with_another_address_is_no_second_process(tmp_path: Path, catalog: Catalog) -> None:
    told = {
        "Procfile": "web: shop --listen=$PORT --bind=0.0.0.0\n",
        "config/shop.service": "[Service]\nExecStart=/usr/bin/shop --bind=0.0.0.0 --listen 8081\n",
    }
    assert list(converted(tmp_path, ONE | told, catalog).plan.services) == ["web"]


def test_folders_for_what_a_program_writes(tmp_path: Path, catalog: Catalog) -> None:
    writes = WEB.replace('import "net/http"', 'import (\n\t"net/http"\n\t"os"\n)').replace(
        "main() {", "main() {\n\tos.MkdirAll(logs, 0o755)"
    )
    made = converted(tmp_path, ONE | {"main.go": writes, "runtime/codes/back.txt": ""}, catalog)
    assert made.image.writable == ("/app/runtime", "/app")


DRIVER = MODULE + "require github.com/go-sql-driver/mysql v1.7.0\n"
BOTH = DRIVER + "require go.mongodb.org/mongo-driver v1.12.0\n"


@pytest.mark.parametrize(("manifest", "planned"), [(DRIVER, ["database"]), (BOTH, ["database", "documents"])])
def test_a_store_that_only_prose_names_beside_a_database_with_a_driver(
    tmp_path: Path, catalog: Catalog, manifest: str, planned: list[str]
) -> None:
    readme = "# Shop\n\nThe storage is independent: you can swap out MySQL for MongoDB, as nothing is bound to it.\n"
    made = converted(tmp_path, {"go.mod": manifest, "main.go": WEB, "README.md": readme}, catalog)
    assert list(made.plan.datastores) == planned


def test_of_several_servers_the_one_that_is_called_like_the_module(tmp_path: Path, catalog: Catalog) -> None:
    """An example of several sites below cmd/ serves as well: it is built where operators name it."""
    made = converted(tmp_path / "alone", ONE | {"cmd/market/main.go": WEB}, catalog)
    assert made.plan.services["web"].command == ("/app/bin/shop",)
    assert made.image.build[0][-2:] == ("bin/", ".")
    readme = "# Shop\n\n## Import\n\n```\n./market --import\n```\n"
    made = converted(tmp_path / "told", ONE | {"cmd/market/main.go": WEB, "README.md": readme}, catalog)
    assert made.image.build[0][-2:] == (".", "./cmd/market")


def test_a_program_in_a_folder_that_is_not_called_like_it_is_called_like_the_module(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {"go.mod": "module example.org/team/shop/v2\n\ngo 1.21\n", "cmd/main.go": WEB}
    made = converted(tmp_path, files, catalog)
    assert made.image.build[0][-3:] == ("-o", "bin/shop", "./cmd")
    assert made.plan.services["web"].command == ("/app/bin/shop",)


def test_the_program_that_the_host_installs_and_starts_is_the_server(tmp_path: Path, catalog: Catalog) -> None:
    """And not the client that is called like the module; a script that is soon done starts nothing either."""
    readme = "# Shop\n\n## Running\n\n```\nsh certificates.sh\n```\n\nFinally, run the server:\n\n```\n$ $GOPATH/bin/shopd\n```\n"
    script = "#!/bin/sh\nmkdir -p cert\nname=$(hostname)\nopenssl req -x509 -out cert/$name.crt\ncd ..\n"
    files = {"go.mod": MODULE, "go.sum": "", "cmd/shop/main.go": WEB, "cmd/shopd/main.go": WEB}
    made = converted(tmp_path, files | {"README.md": readme, "certificates.sh": script}, catalog)
    assert made.plan.services["web"].command == ("/app/bin/shopd",)


def test_the_port_of_a_tool_beside_the_server_is_not_the_servers(tmp_path: Path, catalog: Catalog) -> None:
    gallery = WEB.replace("9000", "3001")
    programs = {
        f"cmd/{name}/main.go": text for name, text in (("shop", WEB), ("shop-gallery", gallery), ("shopd", WEB))
    }
    readme = "# Shop\n\n## Deployment\n\nRun the server, and open `http://localhost:3000`:\n\n    $ $GOPATH/bin/shopd\n"
    made = converted(tmp_path, {"go.mod": MODULE, "README.md": readme} | programs, catalog)
    web = made.plan.services["web"]
    assert (web.command, web.port) == (("/app/bin/shopd",), 3000)


def test_the_port_of_settings_that_the_server_is_given(tmp_path: Path, catalog: Catalog) -> None:
    settings = (
        'package conf\n\nfunc init() {\n\tviper.SetDefault("db.port", 5433)\n\tviper.SetDefault("port", 4533)\n}\n'
    )
    server = WEB.replace('":9000"', "conf.Address()")
    made = converted(tmp_path, {"go.mod": MODULE, "main.go": server, "conf/settings.go": settings}, catalog)
    assert made.plan.services["web"].port == 4533


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ('err := godotenv.Load()\n\tif err != nil {\n\t\tlog.Fatal("no file")\n\t}', True),
        ('if err := godotenv.Load("config/.env"); err != nil {\n\t\tpanic(err)\n\t}', True),
        ('viper.SetConfigFile(".env")\n\terr := viper.ReadInConfig()\n\tif err != nil {\n\t\tlog.Fatalf("%s", err)\n\t}', True),
        ('if err := godotenv.Load(); err != nil {\n\t\tlog.Println("no file")\n\t}', False),
        ("godotenv.Load()", False),
    ],
)  # fmt: skip
def test_a_file_of_variables_without_which_it_stops_is_made(
    tmp_path: Path, catalog: Catalog, code: str, made: bool
) -> None:
    """Empty, as the variables come from the environment."""
    files = ONE | {"main.go": WEB.replace("\thttp", f"\t{code}\n\thttp")}
    assert (".env" in converted(tmp_path, files, catalog).dockerfile) is made


def test_a_step_of_a_release_is_there_as_operators_type_it(tmp_path: Path, catalog: Catalog) -> None:
    readme = {"README.md": "# Shop\n\n## Installation\n\nSet up the database:\n\n```\n./shop --install\n```\n"}
    made = converted(tmp_path / "link", ONE | readme, catalog)
    assert "ln -s -t . bin/shop" in made.dockerfile
    assert "ln -s" not in converted(tmp_path / "taken", ONE | readme | {"shop/names.txt": "a\n"}, catalog).dockerfile
    assert "ln -s" not in converted(tmp_path / "untold", ONE, catalog).dockerfile


def test_libraries_that_its_own_code_links_are_installed_for_the_build_and_where_it_runs(
    tmp_path: Path, catalog: Catalog
) -> None:
    links = (
        "package tags\n\n/*\n#cgo !windows pkg-config: taglib\n#cgo LDFLAGS: -lstdc++ -L${SRCDIR} -lpcap -lown\n"
        '#cgo windows LDFLAGS: -lsodium\n*/\nimport "C"\n'
    )
    asked_for = '//go:build vips\n\npackage tags\n\n// #cgo pkg-config: vips\nimport "C"\n'
    files = ONE | {"tags/tags.go": links, "tags/thumbnails.go": asked_for, "tags/tags_darwin.go": asked_for[17:]}
    made = converted(tmp_path, files, catalog)
    assert made.image.build_packages == ("libpcap-dev", "libtag1-dev")
    assert made.image.runtime_packages == ("libpcap0.8", "libstdc++6", "libtag1v5")


def test_libraries_whose_headers_the_readme_installs_are_loaded_too(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Installation\n\n```sh\nsudo apt install build-essential libtag1-dev\n```\n"
    made = converted(tmp_path, ONE | {"README.md": readme}, catalog)
    assert (made.image.build_packages, made.image.runtime_packages) == (("libtag1-dev",), ("libtag1v5",))


def test_the_port_of_the_container_counts_and_not_that_of_the_host_which_is_passed_on(
    tmp_path: Path, catalog: Catalog
) -> None:
    readme = (
        "# Shop\n\n```\ndocker run -d -p 8888:8082 example/shop\n```\n\nThe shop is at [http://localhost:8888/](http://localhost:8888/).\n\n"
        "| Variable | Default |\n| --- | --- |\n| `SHOP_ADDR` | `:8082` |\n"
    )
    made = converted(tmp_path, ONE | {"main.go": TASK.replace("println", "serve"), "README.md": readme}, catalog)
    assert made.plan.services["web"].port == 8082
    assert made.plan.environment["SHOP_ADDR"].value == ":8082"


def test_the_address_that_a_field_of_the_settings_has_by_default(tmp_path: Path, catalog: Catalog) -> None:
    settings = 'package main\n\ntype args struct {\n\tAddr string `arg:"env:SHOP_ADDR" default:":8083"`\n}\n'
    made = converted(tmp_path, ONE | {"main.go": TASK.replace("println", "serve"), "args.go": settings}, catalog)
    assert made.plan.services["web"].port == 8083


def test_the_option_of_cobra_and_not_the_port_of_a_profiler(tmp_path: Path, catalog: Catalog) -> None:
    debug = 'func debug() {\n\tgo func() {\n\t\tr.HandleFunc("/debug", pprof.Index)\n\t\thttp.ListenAndServe(":9095", r)\n\t}()\n}\n'
    flags = (
        'package main\n\nfunc init() {\n\tcmd.PersistentFlags().IntVarP(&port, "port", "p", 8084, "server port")\n}\n\n'
    )
    made = converted(tmp_path, ONE | {"main.go": TASK.replace("println", "serve"), "flags.go": flags + debug}, catalog)
    assert made.plan.services["web"].port == 8084


def test_programs_that_the_code_calls_are_in_the_image(tmp_path: Path, catalog: Catalog) -> None:
    calls = 'package main\n\nimport "os/exec"\n\nfunc draw() error { return exec.CommandContext(r.Context(), "dot", "-Tpng").Run() }\n'
    assert converted(tmp_path, ONE | {"draw.go": calls}, catalog).image.runtime_packages == ("graphviz",)


@pytest.mark.parametrize("login", ["shop@", "shop:hunter2@"])
def test_the_driver_of_mysql_is_told_the_database_in_its_own_form(tmp_path: Path, catalog: Catalog, login: str) -> None:
    readme = "# Shop\n\n## Settings\n\n```\nSHOP_DB_URL=shop@localhost/shop\n```\n"
    sample = f'SHOP_DB_URL="{login}tcp(127.0.0.1:3306)/shop_live?parseTime=true"\n'
    files = ONE | {"go.mod": DRIVER, "README.md": readme, ".env.example": sample}
    variable = converted(tmp_path, files, catalog).plan.environment["SHOP_DB_URL"]
    where = "@tcp({database.host}:{database.port})/{database.name}"
    assert variable.reference == "{database.username}:{database.password}" + where + "?parseTime=true"
