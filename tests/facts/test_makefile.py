"""What `make TARGET` of a README comes to."""

import time
from pathlib import Path

from toolkit.catalog.catalog import Catalog
from toolkit.facts import readme
from toolkit.facts.makefile import Makefile
from toolkit.facts.model import Command, Port, Role
from toolkit.inventory.source_tree import SourceFile, SourceTree


def _commands(text: str, *words: str) -> list[str]:
    return [command.text for command in Makefile.read(SourceFile("Makefile", text)).commands(words)]


def _read(folder: Path, makefile: str, said: str) -> list[Command]:
    (folder / "Makefile").write_text(makefile)
    (folder / "README.md").write_text(f"# Shop\n\n## Running it\n\n```\n{said}\n```\n")
    facts = readme.read(SourceTree.open(folder), Catalog().readme_rules).facts
    return [fact for fact in facts if isinstance(fact, Command)]


def test_a_recipe_has_its_variables_and_stands_behind_what_it_needs() -> None:
    text = "PIP ?= pip3\ndeps:\n\t@$(PIP) install -r requirements.txt\nrun: deps # the shop\n\t-python app.py \\\n\t  --port $(PORT) $$HOME\n"
    assert _commands(text, "run", "PORT=8000") == [
        "pip3 install -r requirements.txt",
        "python app.py --port 8000 $HOME",
    ]


def test_what_only_the_environment_knows_stays_a_variable() -> None:
    assert _commands("run:\n\tpython app.py ${PORT}\n", "run") == ["python app.py ${PORT}"]


def test_targets_that_call_each_other_are_made_once() -> None:
    assert _commands("a: b\n\techo a\nb: a\n\t$(MAKE) a c\nc: ; echo c\n", "a", "b") == ["echo c", "echo a"]


def test_a_hostile_makefile_costs_little() -> None:
    names = [f"V{number}" for number in range(500)]
    text = "".join(f"{name} = {f'$({after})' * 400}\n" for name, after in zip(names, [*names[1:], "V0"], strict=True))
    begin = time.perf_counter()
    commands = _commands(text + "run:\n" + f"\techo {'$(V0)' * 400}\n" * 40, "run")
    assert commands == []  # what is left of it only make could tell
    assert time.perf_counter() - begin < 5


def test_a_long_chain_of_targets_ends() -> None:
    chain = "".join(f"t{number}: t{number + 1}\n\techo {number}\n" for number in range(990))
    assert 0 < len(_commands(chain, "t0")) < 100


def test_a_target_of_a_readme_is_its_recipe(tmp_path: Path) -> None:
    makefile = "serve:\n\t@echo ready\n\tgunicorn shop.wsgi --bind 0.0.0.0:9000\nmigrate:\n\tcd web && ./tables.sh\n"
    said = "make migrate\nmake serve"
    commands = {command.role: command for command in _read(tmp_path, makefile, said)}
    start, step = commands[Role.START], commands[Role.RELEASE]
    assert (start.text, start.mode, start.evidence.first_line) == ("gunicorn shop.wsgi --bind 0.0.0.0:9000", "prod", 7)
    assert [(place.path, place.first_line) for place in start.also] == [("Makefile", 3)]
    assert (step.text, step.directory) == ("./tables.sh", "web")


def test_a_port_of_a_recipe_counts(tmp_path: Path) -> None:
    _read(tmp_path, "serve:\n\tgunicorn shop.wsgi --bind 0.0.0.0:9000\n", "make serve")
    facts = readme.read(SourceTree.open(tmp_path), Catalog().readme_rules).facts
    assert [fact.number for fact in facts if isinstance(fact, Port)] == [9000]


def test_a_recipe_that_only_make_could_tell_stays_a_target(tmp_path: Path) -> None:
    commands = _read(tmp_path, "run:\n\t./shop --name $(shell hostname)\n", "make run")
    assert [(command.text, command.role) for command in commands] == [("make run", Role.START)]


def test_make_alone_makes_the_default_goal() -> None:
    text = ".PHONY: build\nbuild:\n\tgo build ./cmd/shop\nall: build\n\techo done\n"
    assert _commands(text) == ["go build ./cmd/shop"]
    assert _commands(f".DEFAULT_GOAL := all\n{text}") == ["go build ./cmd/shop", "echo done"]


def test_the_commit_of_a_version_needs_no_make() -> None:
    text = "VERSION = $(shell git describe --always)\nbuild:\n\tgo build -tags fts5 -ldflags '-X main.version=$(VERSION)'\n"
    assert _commands(text, "build") == ["go build -tags fts5 -ldflags '-X main.version=unknown'"]
