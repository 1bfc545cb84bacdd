"""Applications that only their README describes."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError

from .from_files import converted

PSGI = 'sub { [200, ["Content-Type", "text/plain"], ["hello"]] }\n'
README = """# Guestbook

## Installation on Debian

```sh
sudo apt-get install libplack-perl libexpat1-dev nginx
make
```

## Run

```sh
sudo starman --listen :8090 guestbook.psgi
```

It listens on port 8090.
"""


def test_the_readme_alone(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, {"README.md": README, "guestbook.psgi": PSGI, "Makefile": "all:\n"}, catalog)
    assert made.image.stack == "generic"
    assert made.image.build == (("make",),)
    assert {"build-essential", "libexpat1-dev", "libplack-perl", "starman"} <= set(made.image.build_packages)
    assert made.image.runtime_packages == ("libplack-perl", "starman")
    assert made.plan.services["web"].argv == ("starman", "--listen", "0.0.0.0:8090", "guestbook.psgi")
    assert made.plan.services["web"].port == 8090
    assert "FROM debian:bookworm-slim AS build" in made.dockerfile and "USER 10001:10001" in made.dockerfile
    finding = next(f for f in made.planned.findings if f.code == "RP027")
    assert finding.evidence


def test_a_folder_without_a_start_command_is_not_an_application(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(BadInputError):
        converted(tmp_path, {"README.md": "# Notes\n\nNothing is started here.\n", "notes.txt": "x\n"}, catalog)


def test_a_known_manifest_anywhere_comes_first(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "README.md": README,
        "web/index.php": "<?php echo 1;\n",
        "web/composer.json": '{"require": {"php": ">=8.1"}}',
    }
    made = converted(tmp_path, files, catalog)
    assert {image.stack for image in made.plan.images.values()} == {"php-apache"}
    assert "RP027" not in made.codes


def test_a_program_in_c_keeps_the_libraries_that_it_is_linked_with(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "STAMPD\n======\n\n  $ sudo apt-get install gcc make libmicrohttpd-dev\n  $ ./configure --prefix=/usr/local\n  $ make\n"
        "  $ sudo make install\n\nStart it:\n\n  $ stampd --port 8090\n"
    )
    made = converted(tmp_path, {"README": readme, "configure": "#!/bin/sh\n", "stampd.c": "int main;\n"}, catalog)
    assert made.image.build == (("./configure", "--prefix=/usr/local"), ("make",), ("make", "install"))
    assert made.image.runtime_packages == () and "libmicrohttpd-dev" in made.image.build_packages
    assert "dpkg-query --search" in made.dockerfile and "< /opt/runtime-packages" in made.dockerfile
    web = made.plan.services["web"]
    assert (web.command, web.port) == (("stampd", "--port", "8090"), 8090)
    assert "EXPOSE 8090" in made.dockerfile


def test_an_application_in_r(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Precedents\n\n```sh\nsudo apt install r-cran-plumber\nRscript server.R\n```\n\nIt listens on port 7000.\n"
    )
    made = converted(tmp_path, {"README.md": readme, "server.R": "library(plumber)\n"}, catalog)
    assert made.image.runtime_packages == ("r-base-core", "r-cran-plumber")
    assert made.plan.services["web"].argv == ("Rscript", "server.R") and made.plan.services["web"].port == 7000


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("starman -l :5000 --workers 4 -D app.psgi", ("starman", "--workers", "4", "--listen", "0.0.0.0:5000", "app.psgi")),
        ("hypnotoad script/app", ("hypnotoad", "script/app", "--foreground")),
        ("thin-server -addr=:9090", ("thin-server", "-addr=:9090")),
    ],
)  # fmt: skip
def test_servers_stay_in_the_foreground_and_listen(
    tmp_path: Path, catalog: Catalog, told: str, expected: tuple[str, ...]
) -> None:
    readme = f"# Shop\n\n## Run\n\nStart the server:\n\n```sh\n{told}\n```\n"
    made = converted(tmp_path, {"README.md": readme, "script/app": "", "app.psgi": PSGI}, catalog)
    assert sorted(made.plan.services["web"].argv) == sorted(expected)
