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
    assert made.plan.services["web"].command == ("starman", "--listen", ":8090", "guestbook.psgi")
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
