"""Dockerfiles: a stack's template, filled from the plan.

A template reads as a Dockerfile. A line that holds only `{{ name }}` becomes zero or more lines; elsewhere a placeholder is
one quoted value. What enters a shell form instruction is quoted for the shell, exec forms are JSON, and values of `ENV` are
quoted for Docker, so that nothing the plan holds can begin an instruction of its own.
"""

import json
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from toolkit.artefacts.base_images import reference
from toolkit.artefacts.text import Artefact, Line
from toolkit.catalog.stacks import Stack
from toolkit.errors import BadInputError, BlueprintError
from toolkit.findings import Evidence
from toolkit.plan.model import BaseImages, Decision, Image, Plan, Service

_WIDTH = 100
_ALONE = re.compile(r"\{\{ (\w+) \}\}")
_INLINE = re.compile(r"\{\{ (\w+) \}\}")
_PLAIN_PATH = re.compile(r"[\w@+./-]+")
_SPACED_PATH = re.compile(r"[\w@+./ -]+")
_WAR = re.compile(r"[\w.#-]+\.war")  # Tomcat writes a `/` of the context path as `#`
_GLOB_PATH = re.compile(r"[\w@+./*-]+")
_DOCUMENT = re.compile(r"(?i)\.(md|markdown|rst|adoc|asciidoc|txt)$|(^|/)(readme|install)[^/]*$")
_HOME = "/app"
# Of hadolint's rules one is answered here: a pinned package fails to build as soon as Debian supersedes it.
_APT_NOTE = (
    "# Not pinned: the distribution takes a superseded version off its mirrors, so that a pin soon fails to build.",
    "# hadolint ignore=DL3008",
)


def render_dockerfile(
    service: str, plan: Plan, stack: Stack, template: str, decisions: Mapping[str, Decision]
) -> Artefact:
    """services/<service>/Dockerfile. Raises BadInputError for what no Dockerfile can carry, BlueprintError for a template
    with an unknown placeholder."""
    own = plan.services[service]
    image = plan.images[own.image]
    source = f"blueprints/stacks/{stack.dockerfile}/Dockerfile"
    filling = _Filling(service, own, image, stack, decisions, plan.base_images)
    lines: list[Line] = []
    for number, text in enumerate(template.splitlines(), start=1):
        if match := _ALONE.fullmatch(text.strip()):
            fill = filling.blocks.get(match[1])
            if fill is None:
                raise BlueprintError(
                    f"no placeholder named {match[1]}",
                    where=f"{source}:{number}",
                    to_do="known are: " + ", ".join(sorted(filling.blocks)),
                )
            lines += fill()
        elif _INLINE.search(text):
            lines += filling.inline(text, f"{source}:{number}")
        else:
            lines.append(Line(text))
    return Artefact(f"services/{service}/Dockerfile", tuple(_merged(lines)), source)


class _Filling:
    """The values of a template's placeholders for one service."""

    def __init__(
        self,
        service: str,
        own: Service,
        image: Image,
        stack: Stack,
        decisions: Mapping[str, Decision],
        base_images: BaseImages,
    ) -> None:
        self.service, self.own, self.image, self.stack, self.decisions = service, own, image, stack, decisions
        self.base_images = base_images
        self.images = f"images.{own.image}"
        self.services = f"services.{service}"
        self.blocks: dict[str, Callable[[], list[Line]]] = {
            "build_packages": lambda: self._packages(image.build_packages, "build_packages"),
            "runtime_packages": lambda: self._packages(image.runtime_packages, "runtime_packages"),
            "environment": lambda: self._environment(stack.environment, ""),
            "prepare": lambda: self._runs(image.prepare, "prepare"),
            "constraints": self._constraints,
            "copy_first": self._copy_first,
            "source": lambda: [Line(_copy([self.image.directory or "."], ".", f"{self.images}.directory"))],
            "node": self._node,
            "install": lambda: self._runs(image.install, "install"),
            "install_after_source": lambda: self._runs(image.install_after_source, "install_after_source", "install"),
            "build": self._build,
            "prune": lambda: self._runs(image.prune, "prune"),
            "extensions": self._extensions,
            "front_controller": self._front_controller,
            "writable": self._writable,
            "workdir": self._workdir,
            "expose": self._expose,
            "health_check": self._health_check,
            "stop_signal": lambda: [Line(f"STOPSIGNAL {_word(stack.stop_signal)}")] if stack.stop_signal else [],
            "command": self._command,
        }

    def inline(self, text: str, where: str) -> list[Line]:
        """A line with values in it, under a comment that names the README line which decided them."""
        key = ""

        def value(match: re.Match[str]) -> str:
            nonlocal key
            if match[1] in ("build_image", "runtime_image"):
                key = f"{self.images}.{match[1]}"
                return reference(self.base_images, getattr(self.image, match[1]), key)
            if match[1] == "artifact":
                key = f"{self.images}.artifact"
                return _path(f"{_HOME}/{self.image.artifact}", key, _GLOB_PATH)
            if match[1] == "war":
                key = f"{self.images}.context_path"
                return _path((self.image.context_path.replace("/", "#") or "ROOT") + ".war", key, _WAR)
            if match[1] == "document_root":
                key = f"{self.images}.document_root"
                return _path(f"{_HOME}/{self.image.document_root}".rstrip("/"), key)
            if match[1] == "port":
                key = f"{self.services}.port"
                return str(self.own.port or self.stack.port)
            raise BlueprintError(
                f"no value named {match[1]}",
                where=where,
                to_do="known are: artifact, build_image, document_root, port, runtime_image, war",
            )

        filled = _INLINE.sub(value, text)
        because = f"{self.images}.version" if key.endswith("_image") else key
        comments = [] if text.startswith(" ") else self._because(because)
        return [*comments, Line(filled, key)]

    def _because(self, *keys: str) -> list[Line]:
        """`# README.md:42` for each line of a README that decided one of the keys."""
        places: dict[str, None] = {}
        for key in keys:
            decision = self.decisions.get(key)
            for evidence in decision.evidence if decision else ():
                if _is_document(evidence):
                    places[f"# {_printable(evidence.path)}:{evidence.first_line}"] = None
        return [Line(text, keys[0]) for text in places]

    def _packages(self, names: Sequence[str], part: str) -> list[Line]:
        if not names:
            return []
        key = f"{self.images}.{part}"
        text = ["RUN apt-get update \\", "    && apt-get install --no-install-recommends --yes \\"]
        text += [f"        {shlex.quote(name)} \\" for name in names]
        text += ["    && rm -rf /var/lib/apt/lists/*"]
        return [*self._because(key), *(Line(line) for line in _APT_NOTE), *(Line(line, key) for line in text)]

    def _extensions(self) -> list[Line]:
        """Extensions of PHP, compiled where they run, and the run-time packages: what they are compiled with is taken
        away in the same layer."""
        table, image = self.stack.extensions, self.image
        if table is None or not image.extensions:
            return self._packages(image.runtime_packages, "runtime_packages")
        key = f"{self.images}.extensions"
        own = [name for name in image.extensions if name not in table.pecl]
        pecl = [name for name in image.extensions if name in table.pecl]
        packages = [*image.build_packages, *image.runtime_packages]
        steps: list[str] = []
        if packages:
            listed = "".join(f" \\\n        {shlex.quote(name)}" for name in packages)
            steps += ["apt-get update", f"apt-get install --no-install-recommends --yes{listed}"]
        for name in own:
            if name in table.configure:
                steps.append(shlex.join(("docker-php-ext-configure", name, *table.configure[name])))
        if own:
            steps.append(shlex.join(("docker-php-ext-install", *own)))
        if pecl:
            steps += [shlex.join(("pecl", "install", *pecl)), shlex.join(("docker-php-ext-enable", *pecl))]
        if image.build_packages:
            steps.append(f"apt-get purge --auto-remove --yes {shlex.join(image.build_packages)}")
        if packages:
            steps.append("rm -rf /var/lib/apt/lists/*")
        notes = _APT_NOTE if packages else ()
        text = "RUN " + " \\\n    && ".join(steps)
        return [*self._because(key), *(Line(note) for note in notes), *(Line(line, key) for line in text.split("\n"))]

    def _environment(self, values: Mapping[str, str], key: str) -> list[Line]:
        port = str(self.own.port or self.stack.port)
        pairs = [f"{name}={_env_value(value.replace('{port}', port))}" for name, value in values.items()]
        if not pairs:
            return []
        lines = [
            f"{'ENV ' if not number else '    '}{pair}{' ' + chr(92) if number < len(pairs) - 1 else ''}"
            for number, pair in enumerate(pairs)
        ]
        return [Line(line, key) for line in lines]

    def _runs(
        self, steps: Iterable[Sequence[str]], part: str, why: str = "", environment: Mapping[str, str] | None = None
    ) -> list[Line]:
        key = f"{self.images}.{part}"
        windows = self.image.operating_system != "LINUX"
        lines = [
            Line(line, key)
            for step in steps
            for line in ([f"RUN {_exec_form(step)}"] if windows else _run(step, environment))
        ]
        return [*self._because(f"{self.images}.{why or part}"), *lines] if lines else []

    def _build(self) -> list[Line]:
        """The build, where the processes start, with variables that end with each of its commands."""
        lines = self._runs(self.image.build, "build", environment=self.image.build_environment)
        if lines and self.image.workdir:
            return [*self._workdir(), *lines, Line(f"WORKDIR {_HOME}")]
        return lines

    def _constraints(self) -> list[Line]:
        if not self.image.constraints:
            return []
        key = f"{self.images}.constraints"
        written = [
            "RUN printf '%s\\n' \\",
            *(f"        {shlex.quote(line)} \\" for line in self.image.constraints),
            "    > /opt/constraints.txt",
        ]
        note = Line("# Newer releases of these broke what this application uses; see REPLATFORM.md.", key)
        return [note, *(Line(line, key) for line in written), Line("ENV PIP_CONSTRAINT=/opt/constraints.txt", key)]

    def _copy_first(self) -> list[Line]:
        key = f"{self.images}.copy_first"
        folders: dict[str, list[str]] = {}
        for path in self.image.copy_first:
            folders.setdefault(str(PurePosixPath(path).parent), []).append(posixpath.join(self.image.directory, path))
        return [
            Line(_copy(paths, "./" if folder == "." else f"./{folder}/", key), key) for folder, paths in folders.items()
        ]

    def _node(self) -> list[Line]:
        if not self.image.node_image:
            return []
        key = f"{self.images}.node_image"
        note = Line("# The project's build calls Node for style sheets and scripts.", key)
        return [
            note,
            Line(f"COPY --from={reference(self.base_images, self.image.node_image, key)} /usr/local/ /usr/local/", key),
        ]

    def _front_controller(self) -> list[Line]:
        if not self.image.front_controller:
            return []
        key = f"{self.images}.front_controller"
        return [Line(f"        '        FallbackResource /{_path(self.image.front_controller, key)}' \\", key)]

    def _writable(self) -> list[Line]:
        if not self.image.writable:
            return []
        key = f"{self.images}.writable"
        folders = [path if path.startswith("/") else f"{_HOME}/{path}" for path in self.image.writable]
        steps = []
        deep = [folder for folder in folders if folder.rstrip("/") != _HOME]
        if deep:
            steps += [f"mkdir -p {shlex.join(deep)}", f"chown -R {self.stack.user} {shlex.join(deep)}"]
        if len(deep) < len(folders):
            steps.append(f"chown {self.stack.user} {_HOME}")  # new files beside the application's, which stay root's
        lines = [
            f"{'RUN ' if not number else '    && '}{step}{' ' + chr(92) if number < len(steps) - 1 else ''}"
            for number, step in enumerate(steps)
        ]
        return [*self._because(key), *(Line(line, key) for line in lines)]

    def _workdir(self) -> list[Line]:
        if not self.image.workdir:
            return []
        key = f"{self.images}.workdir"
        return [Line(f"WORKDIR {_path(f'{_HOME}/{self.image.workdir}', key)}", key)]

    def _expose(self) -> list[Line]:
        if self.own.port is None or self.own.kind != "web":
            return []
        key = f"{self.services}.port"
        return [*self._because(key), Line(f"EXPOSE {self.own.port}", key)]

    def _health_check(self) -> list[Line]:
        check = self.stack.health
        if self.own.kind != "web" or self.own.port is None or not check.command:
            return []
        key = f"{self.services}.health.path"
        path = self.own.health.path if self.own.health else check.path
        grace = self.own.health.grace_seconds if self.own.health else check.grace_seconds
        argv = [word.replace("{port}", str(self.own.port)) if word != "{path}" else path for word in check.command]
        options = f"--interval={check.interval_seconds}s --timeout={check.timeout_seconds}s --start-period={grace}s"
        return [*self._because(key), Line(f"HEALTHCHECK {options} \\", key), Line(f"    CMD {_exec_form(argv)}", key)]

    def _command(self) -> list[Line]:
        key = f"{self.services}.command"
        if not self.own.argv:
            note = f"# No file says how it is started: set {key} in replatform.yaml."
            return [Line(note, key), Line('CMD ["false"]', key)]
        return [*self._because(key), Line(f"CMD {_exec_form(self.own.argv)}", key)]


def render_dockerignore(service: str, plan: Plan, stack: Stack) -> Artefact:
    """services/<service>/Dockerfile.dockerignore: what does not belong into the build context."""
    image = plan.images[plan.services[service].image]
    kept = [
        f"!{path}"
        for path in (image.artifact, image.manifest, *image.copy_first)
        if path and _PLAIN_PATH.fullmatch(path) and not image.build
    ]
    own = [_below(image.directory, pattern) for pattern in (*stack.ignore, *kept)]
    lines = [
        "# History, local settings and secrets: nothing that the image is built from.",
        *_NEVER,
        "# What replatform writes.",
        *_GENERATED,
        f"# {stack.title}.",
        *own,
    ]
    return Artefact(
        f"services/{service}/Dockerfile.dockerignore",
        tuple(Line(line) for line in lines),
        "toolkit/artefacts/dockerfile.py",
    )


_NEVER = (
    ".git", ".gitignore", ".github", ".gitlab-ci.yml", ".hg", ".svn", ".idea", ".vscode", "**/.DS_Store", "**/.env", "**/.env.local",
    "**/*.key", "**/*-key.pem", "**/privkey*.pem", "**/id_rsa", "**/*.log", "Dockerfile*", "docker-compose*.yml", "docker-compose*.yaml",
)  # fmt: skip
_GENERATED = (
    "REPLATFORM.md", "replatform.yaml", "compose.yaml", ".replatform", "services/*/Dockerfile", "services/*/Dockerfile.dockerignore",
    "services/*/buildspec.yml", "services/*/ecs-service-config*.json", "env/*/*.env", "cloudformation", "migration/*.json",
)  # fmt: skip


def _below(directory: str, pattern: str) -> str:
    """A pattern of the ignore file for one folder of the build context; those that begin with `**` are for every folder."""
    if not directory or pattern.startswith("**/"):
        return pattern
    negation, path = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    return negation + posixpath.join(directory, path)


def _merged(lines: Sequence[Line]) -> list[Line]:
    """RUN instructions that follow each other as one; comments between them stay where they are."""
    merged: list[Line] = []
    end_of_run: int | None = None  # the last line of the RUN before, where nothing but comments came since
    is_run = continues = False
    for line in lines:
        if not continues:
            if line.text.startswith("#"):
                merged.append(line)
                continue
            is_run = line.text.startswith("RUN ") and not line.text.startswith("RUN [")
            if is_run and end_of_run is not None:
                merged[end_of_run] = replace(merged[end_of_run], text=merged[end_of_run].text + " \\")
                line = replace(line, text="    && " + line.text.removeprefix("RUN "))
        merged.append(line)
        continues = line.text.endswith("\\")
        if not continues:
            end_of_run = len(merged) - 1 if is_run else None
    return merged


def _run(step: Sequence[str], assignments: Mapping[str, str] | None = None) -> list[str]:
    """A RUN instruction for one command; a long one goes on over several lines, broken between arguments."""
    words = [f"{name}={shlex.quote(value)}" for name, value in (assignments or {}).items()]
    words += [shlex.quote(word) for word in step]
    if not words:
        return []
    lines, line = [], "RUN"
    for word in words:
        if len(line) + 1 + len(word) > _WIDTH and line not in ("RUN", "   "):
            lines.append(line + " \\")
            line = "   "
        line += " " + word
    return [*lines, line]


def _exec_form(argv: Sequence[str]) -> str:
    """The JSON form, which no shell and no variable expansion touches."""
    return json.dumps(list(argv), ensure_ascii=False)


def _env_value(value: str) -> str:
    """A value of ENV, quoted where Docker would read more into it than itself."""
    if re.fullmatch(r"[\w./:@%+,=-]+", value):
        return value
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return f'"{escaped}"'


def _copy(sources: Sequence[str], target: str, key: str) -> str:
    """COPY from the build context, which is the whole source; in JSON form where a name has spaces."""
    words = [*(_path(source, key, _SPACED_PATH) for source in sources), target]
    return f"COPY {json.dumps(words)}" if " " in "".join(words) else f"COPY {' '.join(words)}"


def _path(path: str, key: str, allowed: re.Pattern[str] = _PLAIN_PATH) -> str:
    """A path for COPY and WORKDIR, which know no quoting that also stops globs and variables."""
    if not allowed.fullmatch(path) or ".." in path.split("/"):
        raise BadInputError(
            f"a Dockerfile cannot copy {path!r}", where=key, to_do="name a path of letters, digits and . _ - + @ /"
        )
    return path


def _word(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9+]+", text):
        raise BlueprintError(f"not a signal: {text!r}")
    return text


def _is_document(evidence: Evidence) -> bool:
    name = evidence.path.rpartition("/")[2].lower()
    if name.startswith(("requirements", "constraints", "runtime.txt")):
        return False
    return bool(evidence.first_line and _DOCUMENT.search(evidence.path))


def _printable(path: str) -> str:
    """A path that stays on its comment line, whatever it holds."""
    return "".join(character if character.isprintable() else "?" for character in path)
