"""How an image is filled: the package manager, the dependency layer, the build."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps, Release, Stack
from toolkit.facts.manifests.python_requirements import SETUPS
from toolkit.facts.model import (
    Dependency,
    Fact,
    Role,
    Runtime,
)
from toolkit.findings import Evidence, Finding, Severity, in_words
from toolkit.inventory.paths import relative
from toolkit.plan.applications.entry_points import lies_installed
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.builds.build_commands import plan_build
from toolkit.plan.builds.steps import Steps
from toolkit.plan.dependencies.absent_package import with_absent_package
from toolkit.plan.dependencies.asked_elsewhere import asked_elsewhere, installed_beside
from toolkit.plan.dependencies.former_index import without_former_index
from toolkit.plan.dependencies.git_sources import by_https, of_git, remark
from toolkit.plan.dependencies.own_installation import (
    asked_beside,
    lists_itself,
    starts_itself,
    versioned,
    with_what_it_shows,
)
from toolkit.plan.dependencies.package_managers import PLAIN_PATH, ChosenManager
from toolkit.plan.dependencies.peer_dependencies import OPTION as LEGACY_PEERS
from toolkit.plan.dependencies.peer_dependencies import peer_conflict
from toolkit.plan.dependencies.pruning import needed_at_run_time
from toolkit.plan.dependencies.setup_script import SETUP, imports_requirement, with_asked_first
from toolkit.plan.dependencies.source_first import needs_source, own_script, runs_scripts
from toolkit.plan.dependencies.step_templates import filled, of_application, of_version, with_variants
from toolkit.plan.dependencies.told_libraries import in_place, told_beside, told_extras, with_extras
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of
from toolkit.plan.versions.bounds import is_frozen, leaves_open, library_bounds, of_day, unpinned
from toolkit.plan.versions.versions import satisfies

_FOR_PRODUCTION = re.compile(r"\s--(?:prod(?:uction)?(?=\s|$)|omit[= ]dev\b|only[= ]prod)")
_PLAIN_CONSTRAINT = re.compile(r"[\w.,<>=!~ *+-]{0,100}")
# For installs and scripts: https://classic.yarnpkg.com/lang/en/docs/cli/config/
_IGNORES_ENGINES = ("yarn", "config", "set", "ignore-engines", "true")
_LIST = "/opt/requirements.txt"


def plan_steps(image: ImageInputs) -> Steps:
    """The steps of one image."""
    manager = image.stack.package_managers.get(image.manager.name)
    planning = _Planning(image)
    if manager is None:
        planning.without_manager()
    else:
        planning.with_manager(with_variants(manager, image.folder, image.release, image.manager))
    return planning.steps


class _Planning:
    """The steps of an image as far as they are, and why they install as they do."""

    def __init__(self, image: ImageInputs) -> None:
        self.image = image
        self.lists = {below(image.folder, path) for path in image.manager.files}
        self.because: list[str] = []
        self.steps = Steps(
            build_image=image.release.build_image,
            prepare=image.release.prepare,
            build_environment=dict(image.stack.build_environment),
        )

    def without_manager(self) -> None:
        """The steps of an application that no package manager installs anything for."""
        image, steps = self.image, self.steps
        if image.stack.extensions:
            steps.build_image = image.release.runtime_image  # nothing to install: no other image is worth its download
        if image.application.installer:
            steps.install_after_source = (image.application.installer,)
            script = image.application.installer[-1]
            why = "operators install the application with this script, and it needs what the script sets up around its folder"
            evidence = (Evidence(script, rule="install-script"),)
            steps.decisions.append(Decision(f"{image.key}.install_after_source", script, why, evidence))
        if image.stack.unlisted and image.dependencies:
            self._install_unlisted()
        outside = tuple(_listening_outside(image.folder, image.entry_points))
        steps.install_after_source = (*outside, *steps.install_after_source)
        self._build(None)
        steps.build = of_application(steps.build, image.entry_points)

    def with_manager(self, manager: PackageManagerSteps) -> None:
        """The steps of an application whose dependencies a package manager installs."""
        image, steps, chosen = self.image, self.steps, self.image.manager
        steps.package_manager, steps.manifest, steps.copy_first = chosen.name, chosen.manifest, chosen.files
        steps.install_environment = _without_downloads(image.stack, image.folder)
        self.because.append(f"{chosen.manifest} lists the dependencies")
        places = chosen.told or (Evidence(below(image.folder, steps.manifest), rule="manifest"),)
        if chosen.manifest == SETUP and (found := imports_requirement(image.folder, image.tree)):
            places, asked = found[:1], found[1]
            of_lists = with_variants(image.stack.package_managers["pip"], image.folder, image.release, chosen)
            manager = with_asked_first(manager, of_lists, asked)
            self.because[0] += "; it imports one of them itself, so they are installed first"
        steps.artifact = manager.artifact
        if manager.build_image:
            steps.build_image = manager.build_image.format(version=image.release.version)
        options = self._options()
        self._install(manager, options)
        self._prepare(manager)
        if image.stack.language == "python":
            if steps.install and (cleaned := without_former_index(image.folder, chosen.files, image.tree)):
                steps.install = (*cleaned, *steps.install)
                self.because.append("the package index is asked by its present address")
            self._install_beside()
        self._install_what_needs_source(manager)
        decisions, steps.decisions = steps.decisions, []
        self._build(manager)
        self._prune(manager, options)
        installed = "; ".join(map(shlex.join, steps.install or steps.install_after_source))
        decisions.append(Decision(f"{image.key}.install", installed, "; ".join(self.because), places))
        steps.decisions = [*decisions, *steps.decisions]
        steps.install, steps.install_after_source, steps.build = (
            of_application(part, image.entry_points)
            for part in (steps.install, steps.install_after_source, steps.build)
        )
        self._bound()

    def _options(self) -> Arguments:
        """What npm is told where it would refuse what the lock file says."""
        image, chosen = self.image, self.image.manager
        lock = image.tree.read(below(image.folder, chosen.lock)) if chosen.lock and chosen.name == "npm" else None
        conflict = peer_conflict(lock, image.folder.of_type(Dependency)) if lock else None
        if conflict is None:
            return ()
        self.because.append(
            f"with npm 6's handling of peer dependencies, because {conflict.package} asks for {conflict.peer} {conflict.wanted}"
            f" but the lock file has {conflict.version}"
        )
        return (LEGACY_PEERS,)

    def _install(self, manager: PackageManagerSteps, options: Arguments) -> None:
        """The manager's install: of the day of the last change where the list leaves open what comes."""
        image, steps, chosen = self.image, self.steps, self.image.manager
        install = manager.install if chosen.in_time or not manager.install_out_of_date else manager.install_out_of_date
        after_source = manager.install_after_source
        change = image.change if PLAIN_PATH.fullmatch(chosen.manifest) else None
        own = [dependency for dependency in image.dependencies if dependency.evidence.path in self.lists]
        # Where the application's own set-up installs what it needs, there is no list.
        of_setup = after_source and not manager.install
        # What a list for npm pins brings others along, which it does not pin; a list for pip often has them all.
        is_open = image.stack.language == "node" or leaves_open(image.stack, image.dependencies if of_setup else own)
        if manager.install_of_day and change and is_open:
            steps.resolved_before = change.day
            if of_setup:
                after_source = manager.install_of_day
            else:
                install = manager.install_of_day
            steps.decisions.append(of_day(image.key, change))
        elif not chosen.lock and is_open and (manager.locks or change) and manager.to_lock:
            steps.findings += unpinned(manager, chosen, own, change)
        elif manager.install_frozen and PLAIN_PATH.fullmatch(chosen.manifest) and is_frozen(image.stack, own):
            install = manager.install_frozen
            self.because.append("pins that conflict are installed as pip did before 20.3")
        install = tuple(_with_options(step, options, manager) for step in install)
        if own_script(image.folder):
            install = tuple(_with_options(step, manager.own_scripts, manager) for step in install)
        steps.install = filled(install, steps.manifest, image.release)
        steps.install_after_source = filled(after_source, steps.manifest, image.release)

    def _prepare(self, manager: PackageManagerSteps) -> None:
        """What comes before the install: the manager itself, and how it reaches repositories of git."""
        image = self.image
        listed = image.folder.of_type(Dependency)
        from_git = of_git([d for d in listed if not self.lists or d.evidence.path in self.lists])
        self.steps.findings += remark(from_git)
        itself = filled(of_version(manager.prepare, image.manager.version), self.steps.manifest, image.release)
        if image.manager.name == "yarn" and ".yarnrc.yml" not in image.folder.paths:
            language = f"{image.stack.language} {image.release.version}"
            if not _is_engine(image.release, image.about, image.folder):
                self.because.append(
                    f"the manifest asks for one patch release of {language}, and Yarn refuses to install on any other"
                )
                itself = (*itself, _IGNORES_ENGINES)
            elif not (image.manager.in_time and image.manager.lock):
                self.because.append(
                    f"Yarn refuses to install packages published since, where they ask for another version than {language}"
                )
                itself = (*itself, _IGNORES_ENGINES)
        self.steps.prepare = (*image.release.prepare, *by_https(sorted(from_git)), *itself)

    def _install_beside(self) -> None:
        """Libraries of Python that the application needs to start, or that it is told to be installed with, and no list has."""
        image, steps = self.image, self.steps
        steps.install_after_source = with_extras(steps.install_after_source, told_extras(image.folder, image.about))
        lists = self.lists | {below(image.folder, name) for name in SETUPS}
        declared = (d for d in image.folder.of_type(Dependency) if not d.development)
        listed = {dependency.name for dependency in declared if dependency.evidence.path in lists}
        listed |= {server.package.lower() for server in image.stack.servers.values()}
        others = [
            *asked_elsewhere(image.folder, self.lists, image.about, image.entry_points, image.tree),
            *told_beside(image.folder, image.about, listed, image.tree),
        ]
        if others:
            steps.beside = tuple(others)
            steps.install_after_source = (*installed_beside(others, image.folder), *steps.install_after_source)
            named = ", ".join(dependency.name for dependency in others[:3])
            place = others[0].evidence.path
            self.because.append(f"{named} too, which only {place} lists and the application needs to start")

    def _install_what_needs_source(self, manager: PackageManagerSteps) -> None:
        """What can only be installed where the source is: the list, where its install reads that, and the application itself."""
        image, steps = self.image, self.steps
        if steps.install and (
            why := needs_source(image.folder, steps.manifest, steps.copy_first, image.tree, image.stack)
        ):
            steps.install_after_source = (*steps.install, *steps.install_after_source)
            steps.install, steps.copy_first = (), ()
            self.because.append(f"after the source is copied, because {why}")
        if image.stack.install_itself and not manager.install_after_source and not lists_itself(self.lists, image.tree):
            self._install_itself(image.stack.install_itself)
        for point in image.folder.points("own_package"):
            steps.install_after_source = (*steps.install_after_source, ("ln", "-s", ".", point.value))
            self.because.append(
                f"the folder is itself the package {point.value}, and its modules import it by this name"
            )
        after_source = (*_listening_outside(image.folder, image.entry_points), *steps.install_after_source)
        after_source = with_absent_package(after_source, image.folder, image.tree)
        after_source = in_place(after_source, image.folder, image.about, image.tree)
        after_source = versioned(after_source, image.folder, image.stack, image.tree)
        steps.install_after_source = with_what_it_shows(after_source, image.folder, image.tree)

    def _install_itself(self, itself: Arguments) -> None:
        """The application as a package, where something of it is only there once that is installed."""
        image, steps = self.image, self.steps
        with_libraries = tuple(word for word in itself if word != "--no-deps")
        if extras := told_extras(image.folder, image.about):
            added, why = with_extras((with_libraries,), extras), f"operators install its {', '.join(extras)}"
        elif starts_itself(image.folder, image.stack, image.about, image.entry_points):
            missing = sorted(asked_beside(image.folder, self.lists))
            if missing:
                self.because.append(f"{', '.join(missing[:3])} too, which only the application's own setup lists")
            added, why = (with_libraries if missing else itself,), "it provides the script that starts it"
        elif any(lies_installed(point.detail.strip("/"), image.folder.paths) for point in image.points.values()):
            added = ((*itself[:-1], "--editable", itself[-1]),)
            why = "its package is below the folder that it starts in"
        else:
            return
        steps.install_after_source = (*steps.install_after_source, *added)
        self.because.append(f"the application itself is installed, because {why}")

    def _build(self, manager: PackageManagerSteps | None) -> None:
        build = plan_build(self.image, manager)
        self.steps.build = tuple(build.commands)
        self.steps.build_environment |= build.environment
        self.steps.decisions += build.decisions

    def _prune(self, manager: PackageManagerSteps, options: Arguments) -> None:
        """What is taken away once the application is built, or not even installed where nothing is built."""
        image, steps = self.image, self.steps
        pruned = of_application(filled(manager.prune, steps.manifest, image.release), image.entry_points)
        prune = tuple((*step, *options) for step in pruned)
        if image.stack.runtime_image or image.stack.artifact:
            prune = ()  # nothing of what is installed leaves the build stage
        elif prune and not _operators_leave_out(image.about) and (kept := needed_at_run_time(image)):
            prune = ()
            steps.decisions.append(kept)
        elif image.stack.language == "node" and not any(
            wanted.development for wanted in image.folder.of_type(Dependency)
        ):
            prune = ()  # nothing to take away, and npm 6 takes away what is wanted as `latest`
        if prune and manager.production and not steps.build and not runs_scripts(image.folder):
            prune = ()
            steps.install = tuple(_with_options(step, manager.production, manager) for step in steps.install)
            self.because.append("without development dependencies, because nothing is built")
        steps.prune = prune

    def _install_unlisted(self) -> None:
        """Finding RP092: libraries that no file lists get a list in the build stage, which is installed as one of the source."""
        image, steps = self.image, self.steps
        manager = image.stack.package_managers[image.stack.unlisted]
        manager = with_variants(manager, image.folder, image.release, ChosenManager())
        asked = [f"{d.name}{d.constraint}" for d in image.dependencies if _PLAIN_CONSTRAINT.fullmatch(d.constraint)]
        # In double quotes, since a step's own are single ones: the pattern lets nothing through that they would not hold.
        words = " ".join(f'"{word}"' if shlex.quote(word) != word else word for word in asked)
        listed = f'printf "%s\\n" {words} > {_LIST}'
        places = evidence_of(image.dependencies)
        if image.change and manager.install_of_day:
            steps.resolved_before = image.change.day
            steps.decisions.append(of_day(image.key, image.change))
        install = manager.install_of_day if steps.resolved_before else manager.install
        steps.install = (("sh", "-c", listed), *filled(install, _LIST, image.release))
        because = "no file lists the libraries: these are what the README installs and the code imports"
        steps.decisions.append(Decision(f"{image.key}.install", ", ".join(asked), because, places, True))
        steps.findings.append(
            Finding(
                "RP092",
                Severity.WARNING,
                f"no file lists the libraries; the image installs {in_words(asked, 6)},"
                " as the README says and the code imports them",
                places,
                "run `pip freeze > requirements.txt` where the application runs now, and commit the result",
            )
        )
        self._bound()

    def _bound(self) -> None:
        """Bounds on what the dependencies leave open."""
        bounds, reasons = library_bounds(self.image)
        self.steps.decisions += reasons
        self.steps.prepare, self.steps.constraints = _bounded_tools(self.steps.prepare, bounds)


def _listening_outside(folder: Folder, entry_points: Mapping[str, str]) -> Iterator[Arguments]:
    """Settings whose server listens on the loopback address alone get the one that is reached from outside the container;
    those in code only where no server is given the application, which has an address of its own."""
    served = not {"asgi", "wsgi"}.isdisjoint(entry_points)
    for point in folder.points("loopback"):
        if not (served and point.value.endswith(".py")):
            yield ("sed", "-i", point.detail, relative(point.value, folder.directory))


def _operators_leave_out(about: Sequence[Fact]) -> bool:
    """Whether operators install without what is for development, `npm install --production`: it runs without."""
    return any(
        not command.alternative
        and _FOR_PRODUCTION.search(command.text) is not None
        and not {"-g", "--global"}.intersection(command.text.split())
        for command in commands_of(about, Role.INSTALL)
    )


def _is_engine(release: Release, about: Sequence[Fact], folder: Folder) -> bool:
    """Whether the newest patch of a release fits the manifest, without which Yarn 1 neither installs nor runs a script."""
    named = [f for f in about if isinstance(f, Runtime) and f.evidence.file_name == "package.json"]
    newest = f"{release.version}.999.999"
    return ".yarnrc.yml" in folder.paths or all(satisfies(f.constraint, newest) for f in named if f.constraint)


def _with_options(step: Arguments, options: Arguments, manager: PackageManagerSteps) -> Arguments:
    """An install with options, also where a shell runs it."""
    if step[0] in manager.programs:
        return (*step, *options)
    installs = rf"\b(?:{'|'.join(map(re.escape, manager.programs))}) install\b"
    with_options = " ".join((r"\g<0>", *options))
    return tuple(re.sub(installs, with_options, word) for word in step)


def _without_downloads(stack: Stack, folder: Folder) -> dict[str, str]:
    tools = sorted(
        d.name for d in folder.of_type(Dependency) if d.development and d.name in stack.install_environment_with
    )
    return {name: value for tool in tools for name, value in stack.install_environment_with[tool].items()}


def _bounded_tools(
    prepare: tuple[Arguments, ...], bounds: tuple[str, ...]
) -> tuple[tuple[Arguments, ...], tuple[str, ...]]:
    """A bound on a tool that is installed first, such as setuptools, is met there: as a constraint it would also hold for
    packages that bring their own."""
    for bound in bounds:
        name = re.split(r"[<>=!~]", bound)[0].lower()
        if any(word.startswith(f"{name}==") for step in prepare for word in step):
            prepare = tuple(tuple(bound if word.startswith(f"{name}==") else word for word in step) for step in prepare)
            bounds = tuple(other for other in bounds if other != bound)
    return prepare, bounds
