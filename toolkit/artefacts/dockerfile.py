"""Dockerfiles: a stack's template, filled from the plan.

A template reads as a Dockerfile. A line that holds only `{{ name }}` becomes zero or more lines; elsewhere a placeholder is
one quoted value.
"""

import posixpath
import re
import shlex
from collections.abc import Callable, Mapping, Sequence

from toolkit.artefacts.base_images import reference
from toolkit.artefacts.build_stage import APT_NOTE, HOME, StageFilling
from toolkit.artefacts.instructions import GLOB_PATH, PLAIN_PATH, WAR, copy, env_value, exec_form, merged, path, word
from toolkit.artefacts.text import Artefact, Line
from toolkit.catalog.stacks import Stack
from toolkit.inventory.paths import inside, relative
from toolkit.plan.image_model import Assets
from toolkit.plan.model import BaseImages, Decision, Plan
from toolkit.plan.versions.versions import numbers


def render_dockerfile(
    service: str,
    plan: Plan,
    stack: Stack,
    template: str,
    decisions: Mapping[str, Decision],
    assets_template: str = "",
) -> Artefact:
    """services/<service>/Dockerfile; `assets_template` is that of the stage which builds style sheets and scripts.

    Raises BadInputError for what no Dockerfile can carry, BlueprintError for a template with an unknown placeholder.
    """
    source = f"blueprints/stacks/{stack.dockerfile}/Dockerfile"
    filling = _ImageFilling(service, plan, stack, decisions, assets_template)
    return Artefact(f"services/{service}/Dockerfile", tuple(merged(filling.filled(template, source))), source)


# Files that a program goes on writing, by their usual names.
_DATA_FILES = ("*.db", "*.log", "*.sqlite", "*.sqlite3")


class _AssetsFilling(StageFilling):
    """The placeholders of the stage in which Node builds style sheets and scripts."""

    def __init__(
        self, key: str, top: str, assets: Assets, decisions: Mapping[str, Decision], base_images: BaseImages
    ) -> None:
        super().__init__(key, assets, decisions, base_images)
        top = top if inside(assets.directory, top) else posixpath.dirname(top)
        inner = relative(assets.directory, top)
        self.blocks |= {
            "workdir": lambda: [Line(f"WORKDIR {path(_place(inner), key)}", f"{key}.directory")],
            "source": lambda: [Line(copy([top or "."], f"{HOME}/" if inner else ".", f"{key}.directory"))],
            "take": lambda: [_from_stage("build", folder, f"{key}.take") for folder in assets.take],
        }


class _ImageFilling(StageFilling):
    """The values of a template's placeholders for one service."""

    def __init__(
        self, service: str, plan: Plan, stack: Stack, decisions: Mapping[str, Decision], assets_template: str
    ) -> None:
        own = plan.services[service]
        image = plan.images[own.image]
        super().__init__(f"images.{own.image}", image, decisions, plan.base_images)
        self.service, self.own, self.image, self.stack = service, own, image, stack
        self.assets_template = assets_template
        self.on_windows = image.operating_system != "LINUX"
        self.package_names = stack.package_names
        self.services = f"services.{service}"
        self.blocks |= {
            "runtime_packages": lambda: self._packages(image.runtime_packages, "runtime_packages", image.runtime_image),
            "environment": lambda: self._environment(
                {**stack.environment, **image.environment}, f"{self.key}.environment"
            ),
            "constraints": self._constraints,
            "node": self._node,
            "assets": self._assets,
            "from_assets": self._from_assets,
            "pages": lambda: [
                Line(copy([posixpath.join(image.directory, image.workdir) or "."], ".", f"{self.key}.workdir"))
            ],
            "build": self._build,
            "extensions": self._extensions,
            "front_controller": self._front_controller,
            "php_settings": self._php_settings,
            "application": self._application,
            "writable": lambda: [*self._from_assets(beside=True), *self._writable()],
            "workdir": self._workdir,
            "expose": self._expose,
            "health_check": self._health_check,
            "stop_signal": lambda: [Line(f"STOPSIGNAL {word(stack.stop_signal)}")] if stack.stop_signal else [],
            "command": self._command,
        }

    def values(self) -> dict[str, tuple[str, Callable[[], str]]]:
        image, key = self.image, self.key
        war = (image.context_path.replace("/", "#") or "ROOT") + ".war"
        return super().values() | {
            "runtime_image": (
                f"{key}.runtime_image",
                lambda: reference(self.base_images, image.runtime_image, f"{key}.runtime_image"),
            ),
            "artifact": (f"{key}.artifact", lambda: path(f"{HOME}/{image.artifact}", f"{key}.artifact", GLOB_PATH)),
            "war": (f"{key}.context_path", lambda: path(war, f"{key}.context_path", WAR)),
            "document_root": (
                f"{key}.document_root",
                lambda: path(f"{HOME}/{image.document_root}".rstrip("/"), f"{key}.document_root"),
            ),
            "port": (f"{self.services}.port", lambda: str(self.own.port or self.stack.port)),
        }

    def _assets(self) -> list[Line]:
        """The stage of style sheets and scripts, where there is one."""
        assets = self.image.assets
        if assets is None:
            return []
        filling = _AssetsFilling(f"{self.key}.assets", self.image.directory, assets, self.decisions, self.base_images)
        return filling.filled(self.assets_template, f"blueprints/stacks/{assets.stack}/Dockerfile")

    def _from_assets(self, *, beside: bool = False) -> list[Line]:
        """What that stage wrote, at its place in the application, or beside it, where only the last stage has it."""
        assets = self.image.assets
        if assets is None:
            return []
        top, key = self.image.directory, f"{self.key}.assets.outputs"
        name = "" if inside(assets.directory, top) else posixpath.basename(top)  # of the application, in that stage
        outputs = [output for output in assets.outputs or ("",) if output.startswith("../") is beside]
        return [_from_stage("assets", output, key, name) for output in outputs]

    def _extensions(self) -> list[Line]:
        """Extensions of PHP, compiled where they run, and the run-time packages: what they are compiled with is taken
        away in the same layer."""
        table, image = self.stack.extensions, self.image
        if table is None or not image.extensions:
            return self._packages(image.runtime_packages, "runtime_packages", image.runtime_image)
        key = f"{self.key}.extensions"
        own = [name for name in image.extensions if name not in table.pecl]
        pecl = [name for name in image.extensions if name in table.pecl]
        packages = [*image.build_packages, *image.runtime_packages]
        steps: list[str] = []
        if packages:
            listed = "".join(f" \\\n        {shlex.quote(name)}" for name in packages)
            steps += [
                *self.updates(image.runtime_image, packages),
                f"apt-get install --no-install-recommends --yes{listed}",
            ]
        before = (old for changed, old in table.configure_before.items() if numbers(image.version) < numbers(changed))
        options = next(before, table.configure)
        steps += [shlex.join(("docker-php-ext-configure", name, *options[name])) for name in own if name in options]
        if own:
            steps.append(shlex.join(("docker-php-ext-install", *own)))
        if pecl:
            steps += [shlex.join(("pecl", "install", *pecl)), shlex.join(("docker-php-ext-enable", *pecl))]
        if image.build_packages:
            steps.append(f"apt-get purge --auto-remove --yes {shlex.join(image.build_packages)}")
        if packages:
            steps.append("rm -rf /var/lib/apt/lists/*")
        notes = APT_NOTE if packages else ()
        text = "RUN " + " \\\n    && ".join(steps)
        return [*self._because(key), *(Line(note) for note in notes), *(Line(line, key) for line in text.split("\n"))]

    def _environment(self, values: Mapping[str, str], key: str) -> list[Line]:
        port = str(self.own.port or self.stack.port)
        pairs = [f"{name}={env_value(value.replace('{port}', port))}" for name, value in values.items()]
        if not pairs:
            return []
        lines = [
            f"{'ENV ' if not number else '    '}{pair}{' ' + chr(92) if number < len(pairs) - 1 else ''}"
            for number, pair in enumerate(pairs)
        ]
        return [Line(line, key) for line in lines]

    def _build(self) -> list[Line]:
        """The build, where the processes start, with variables that end with each of its commands."""
        lines = self._runs(self.image.build, "build", environment=self.image.build_environment)
        if lines and self.image.workdir:
            return [*self._workdir(), *lines, Line(f"WORKDIR {HOME}")]
        return lines

    def _constraints(self) -> list[Line]:
        if not self.image.constraints:
            return []
        key = f"{self.key}.constraints"
        written = [
            "RUN printf '%s\\n' \\",
            *(f"        {shlex.quote(line)} \\" for line in self.image.constraints),
            "    > /opt/constraints.txt",
        ]
        note = Line("# Newer releases of these broke what this application uses; see REPLATFORM.md.", key)
        return [note, *(Line(line, key) for line in written), *self._constrained()]

    def _constrained(self) -> list[Line]:
        key = f"{self.key}.constraints"
        if not self.image.resolved_before:
            return [Line("ENV PIP_CONSTRAINT=/opt/constraints.txt", key)]
        return [
            Line("ENV PIP_CONSTRAINT=/opt/constraints.txt \\", key),
            Line("    UV_CONSTRAINT=/opt/constraints.txt", key),
        ]

    def _node(self) -> list[Line]:
        if not self.image.node_image:
            return []
        key = f"{self.key}.node_image"
        node = reference(self.base_images, self.image.node_image, key)
        return [
            Line("# The project's build calls Node for style sheets and scripts; Yarn lies below /opt.", key),
            Line(f"COPY --from={node} /usr/local/ /usr/local/", key),
            Line(f"COPY --from={node} /opt/ /opt/", key),
        ]

    def _front_controller(self) -> list[Line]:
        if not self.image.front_controller:
            return []
        key = f"{self.key}.front_controller"
        return [Line(f"        '        FallbackResource /{path(self.image.front_controller, key)}' \\", key)]

    def _php_settings(self) -> list[Line]:
        settings = [shlex.quote(f"{name} = {value}") for name, value in self.image.php_settings.items()]
        if not settings:
            return []
        line = f"    && printf '%s\\n' {' '.join(settings)} > /usr/local/etc/php/conf.d/application.ini \\"
        return [Line(line, f"{self.key}.php_settings.{name}") for name in list(self.image.php_settings)[:1]]

    def _application(self) -> list[Line]:
        """What the build stage made of the application: root's, but where the application writes anywhere in it."""
        if HOME not in self._folders(self.image.writable):
            return [Line(f"COPY --from=build {HOME} {HOME}")]
        key = f"{self.key}.writable"
        return [*self._because(key), Line(f"COPY --from=build --chown={self.stack.user} {HOME} {HOME}", key)]

    def _writable(self) -> list[Line]:
        """Folders of the application's user, and files; what the stage above copied into /app is its user's already."""
        if not (self.image.writable or self.image.owned):
            return []
        key = f"{self.key}.{'writable' if self.image.writable else 'owned'}"
        folders, alone = self._folders(self.image.writable), self._folders(self.image.owned)
        deep, steps = [folder for folder in folders if folder != HOME], []
        if deep:
            steps.append(f"mkdir -p {shlex.join(deep)}")
        if HOME in folders:  # what was copied is the user's, and folders that were there or are made here are not
            alone = [HOME, *(folder for folder in deep if inside(folder, HOME)), *alone]
        if apart := [folder for folder in deep if folder not in alone]:
            steps.append(f"chown -R {self.stack.user} {shlex.join(apart)}")
        if alone:
            steps.append(f"chown {self.stack.user} {shlex.join(alone)}")
        start = f"{HOME}/{self.image.workdir}".rstrip("/")
        for folder in sorted({HOME, start}.intersection(alone)) if HOME not in folders else ():
            # Logs and databases beside the code: those that the source brings and those that a build left behind, as
            # commands of the application open their log.
            named = " -o ".join(f"-name '{pattern}'" for pattern in _DATA_FILES)
            steps.append(
                f"find {shlex.quote(folder)} -maxdepth 1 -type f '(' {named} ')' -exec chown {self.stack.user} {{}} +"
            )
        lines = [
            f"{'RUN ' if not number else '    && '}{step}{' ' + chr(92) if number < len(steps) - 1 else ''}"
            for number, step in enumerate(steps)
        ]
        return [*self._because(key), *(Line(line, key) for line in lines)]

    @staticmethod
    def _folders(paths: Sequence[str]) -> list[str]:
        """As absolute paths in the image."""
        return [posixpath.normpath(posixpath.join(HOME, path)) for path in paths]

    def _workdir(self) -> list[Line]:
        if not self.image.workdir:
            return []
        key = f"{self.key}.workdir"
        return [Line(f"WORKDIR {path(f'{HOME}/{self.image.workdir}', key)}", key)]

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
        return [*self._because(key), Line(f"HEALTHCHECK {options} \\", key), Line(f"    CMD {exec_form(argv)}", key)]

    def _command(self) -> list[Line]:
        key = f"{self.services}.command"
        if not self.own.argv:
            note = f"# No file says how it is started: set {key} in replatform.yaml."
            return [Line(note, key), Line('CMD ["false"]', key)]
        return [*self._because(key), Line(f"CMD {exec_form(self.own.argv)}", key)]


def _place(inner: str) -> str:
    """Where a folder of the application stands in the image; empty for the application itself."""
    return posixpath.normpath(posixpath.join(HOME, inner))


def _from_stage(stage: str, inner: str, key: str, below: str = "") -> Line:
    """COPY of a folder or file of the application from one stage to the same place in another; `below` is where the
    application stands in the first."""
    found, place = path(_place(posixpath.normpath(posixpath.join(below, inner))), key), path(_place(inner), key)
    return Line(f"COPY --from={stage} {found} {place}", key)


def render_dockerignore(service: str, plan: Plan, stack: Stack, assets: Stack | None = None) -> Artefact:
    """services/<service>/Dockerfile.dockerignore: what does not belong into the build context; `assets` is the stack of
    the stage which builds style sheets and scripts."""
    image = plan.images[plan.services[service].image]
    kept = [
        f"!{path}"
        for path in (image.artifact, image.manifest, *image.copy_first)
        if path and PLAIN_PATH.fullmatch(path) and not image.build
    ]
    own = [
        _below(image.directory, pattern)
        for pattern in dict.fromkeys((*stack.ignore, *(assets.ignore if assets else ()), *kept))
    ]
    lines = [
        "# History, local settings and secrets: nothing that the image is built from.",
        *_NEVER,
        "# What replatform writes.",
        *_GENERATED,
        f"# {stack.title}.",
        *own,
        *left_out(plan, service),
    ]
    return Artefact(
        f"services/{service}/Dockerfile.dockerignore",
        tuple(Line(line) for line in lines),
        "toolkit/artefacts/dockerfile.py",
    )


def left_out(plan: Plan, service: str) -> tuple[str, ...]:
    """The lines of the ignore file for code that only other services need. A backslash takes a character as it is:
    https://pkg.go.dev/path/filepath#Match (reviewed 2026-11-21)"""
    own = plan.services[service]
    directory = plan.images[own.image].directory
    found = tuple(_below(directory, re.sub(r"([*?\[\]\\!#])", r"\\\1", path)) for path in own.leave_out)
    return ("# Code that only other services need.", *found) if found else ()


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
