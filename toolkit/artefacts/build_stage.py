"""Build stages of a Dockerfile: a template's lines with the placeholders that every stage has."""

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from toolkit.artefacts.base_images import reference
from toolkit.artefacts.instructions import copy, exec_form, run
from toolkit.artefacts.text import Line
from toolkit.catalog.packages import PackageNames
from toolkit.errors import BlueprintError
from toolkit.findings import Evidence
from toolkit.plan.image_model import Stage
from toolkit.plan.model import BaseImages, Decision

HOME = "/app"
_ALONE = re.compile(r"\{\{ (\w+) \}\}")
_INLINE = re.compile(r"\{\{ (\w+) \}\}")
_DOCUMENT = re.compile(r"(?i)\.(md|markdown|rst|adoc|asciidoc|org|txt)$|(^|/)(readme|install)[^/]*$")
# Of hadolint's rules one is answered here: a pinned package fails to build as soon as Debian supersedes it.
APT_NOTE = (
    "# Not pinned: the distribution removes superseded versions from its mirrors, so a pin would soon break the build.",
    "# hadolint ignore=DL3008",
)
_DAYS_LATER = (0, 182, 365, 730, 1095)
# uv builds source packages with setuptools 40.8 or newer, which came out then: where packages are older than that, with the
# tools of a later day that still do all that old set-ups ask of them. https://setuptools.pypa.io/en/latest/history.html
# (reviewed 2026-11-22)
_TOOLS, _TOOLS_CAME, _TOOLS_DAY = ("setuptools", "wheel"), "2019-02-05", "2020-03-01"
# Programs that no variable of a build is for.
_OF_FILES = frozenset({"chmod", "cp", "find", "ln", "mkdir", "mv", "rm"})
# Only the lines of such a release: a base image of that name may have been put together from a later one.
_TO_THE_ARCHIVE = (
    "sed -i -e '/{0}/s#//[a-z]*[.]debian[.]org#//archive.debian.org#' -e '/\\({0}\\)-updates/d' /etc/apt/sources.list"
)


class StageFilling:
    """The values of the placeholders that every build stage has; `key` is where the stage stands in the plan."""

    def __init__(self, key: str, stage: Stage, decisions: Mapping[str, Decision], base_images: BaseImages) -> None:
        self.key, self.stage, self.decisions, self.base_images = key, stage, decisions, base_images
        self.on_windows = False
        self.package_names = PackageNames()
        self.blocks: dict[str, Callable[[], list[Line]]] = {
            "build_packages": lambda: self._packages(stage.build_packages, "build_packages", stage.build_image),
            "prepare": lambda: self._runs(stage.prepare, "prepare"),
            "copy_first": self._copy_first,
            "source": lambda: [Line(copy([stage.directory or "."], ".", f"{key}.directory"))],
            "install": lambda: self._runs(stage.install, "install", environment=stage.install_environment),
            "install_after_source": lambda: self._runs(
                stage.install_after_source,
                "install_after_source",
                "" if f"{self.key}.install_after_source" in self.decisions else "install",
                stage.install_environment,
            ),
            "build": lambda: self._runs(stage.build, "build", environment=stage.build_environment),
            "prune": lambda: self._runs(stage.prune, "prune"),
        }

    def filled(self, template: str, source: str) -> list[Line]:
        """The lines of a template, which is the file `source`."""
        lines: list[Line] = []
        for number, text in enumerate(template.splitlines(), start=1):
            if match := _ALONE.fullmatch(text.strip()):
                fill = self.blocks.get(match[1])
                if fill is None:
                    raise BlueprintError(
                        f"no placeholder named {match[1]}",
                        where=f"{source}:{number}",
                        to_do="known are: " + ", ".join(sorted(self.blocks)),
                    )
                lines += fill()
            elif _INLINE.search(text):
                lines += self.inline(text, f"{source}:{number}")
            else:
                lines.append(Line(text))
        return lines

    def inline(self, text: str, where: str) -> list[Line]:
        """A line with values in it, under a comment that names the README line which decided them."""
        key = ""

        def value(match: re.Match[str]) -> str:
            nonlocal key
            known = self.values()
            if match[1] not in known:
                raise BlueprintError(
                    f"no value named {match[1]}", where=where, to_do="known are: " + ", ".join(sorted(known))
                )
            key, fill = known[match[1]]
            return fill()

        filled = _INLINE.sub(value, text)
        because = f"{self.key}.version" if key.endswith("_image") else key
        comments = [] if text.startswith(" ") else self._because(because)
        return [*comments, Line(filled, key)]

    def values(self) -> dict[str, tuple[str, Callable[[], str]]]:
        """Values within a line: the key of the plan that each shows, and its text."""
        key = f"{self.key}.build_image"
        return {"build_image": (key, lambda: reference(self.base_images, self.stage.build_image, key))}

    def _because(self, *keys: str) -> list[Line]:
        """`# README.md:42` for each line of a README that decided one of the keys."""
        places: dict[str, None] = {}
        for key in keys:
            decision = self.decisions.get(key)
            for evidence in decision.evidence if decision else ():
                if _is_document(evidence):
                    places[f"# {_printable(evidence.path)}:{evidence.first_line}"] = None
        return [Line(text, keys[0]) for text in places]

    def _packages(self, names: Sequence[str], part: str, image: str) -> list[Line]:
        if not names:
            return []
        key = f"{self.key}.{part}"
        first, *others = self.updates(image, names)
        text = [f"RUN {first} \\", *(f"    && {step} \\" for step in others)]
        text += ["    && apt-get install --no-install-recommends --yes \\"]
        text += [f"        {shlex.quote(name)} \\" for name in names]
        text += ["    && rm -rf /var/lib/apt/lists/*"]
        return [*self._because(key), *(Line(line) for line in APT_NOTE), *(Line(line, key) for line in text)]

    def updates(self, image: str, names: Sequence[str]) -> list[str]:
        """The commands that fetch the distribution's lists of packages, from its archive where only that has them, before
        these packages are installed."""
        archived = "\\|".join(self.package_names.archived)
        return [
            *(["mkdir -p /usr/share/man/man1 /usr/share/man/man7"] if self.package_names.link_manuals(names) else []),
            *([_TO_THE_ARCHIVE.format(archived)] if self.package_names.is_archived(image) else []),
            "apt-get update",
        ]

    def _runs(
        self, steps: Iterable[Sequence[str]], part: str, why: str = "", environment: Mapping[str, str] | None = None
    ) -> list[Line]:
        key = f"{self.key}.{part}"
        windows = self.on_windows
        lines = [
            Line(line, key)
            for step in ([_dated(word, self.stage.resolved_before) for word in step] for step in steps)
            for line in (
                [f"RUN {exec_form(step)}"]
                if windows
                else run(step, None if _OF_FILES.intersection(step[:1]) else environment)
            )
        ]
        return [*self._because(f"{self.key}.{why or part}"), *lines] if lines else []

    def _copy_first(self) -> list[Line]:
        key = f"{self.key}.copy_first"
        folders: dict[str, list[str]] = {}
        for path in self.stage.copy_first:
            folders.setdefault(str(PurePosixPath(path).parent), []).append(posixpath.join(self.stage.directory, path))
        return [
            Line(copy(paths, "./" if folder == "." else f"./{folder}/", key), key) for folder, paths in folders.items()
        ]


def _dated(word: str, day: str) -> str:
    """A word with the day of the last change in it, with days up to three years later, the nearest first, and with the tools
    to build what is older than they are."""
    try:
        first = date.fromisoformat(day)
    except ValueError:  # none, or written by hand
        days = [day]
    else:
        days = [str(first + timedelta(days=later)) for later in _DAYS_LATER]
    tools = "".join(f" --exclude-newer-package {name}={_TOOLS_DAY}" for name in _TOOLS) if day < _TOOLS_CAME else ""
    return word.replace("{days}", " ".join(days)).replace("{day}", day).replace("{tools}", tools)


def _is_document(evidence: Evidence) -> bool:
    name = evidence.file_name.lower()
    if name.startswith(("requirements", "constraints", "runtime.txt")):
        return False
    return bool(evidence.first_line and _DOCUMENT.search(evidence.path))


def _printable(path: str) -> str:
    """A path that stays on its comment line, whatever it holds."""
    return "".join(character if character.isprintable() else "?" for character in path)
