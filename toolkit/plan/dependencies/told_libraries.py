"""What operators have installed along with the application itself: `pip install shop waitress`, `pip install .[postgres]`."""

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from toolkit.catalog.load import Arguments
from toolkit.facts.manifests.python_requirements import SETUPS, is_development, normalised, requirement
from toolkit.facts.model import Command, Dependency, Fact, Mode, Role, WritableFolder
from toolkit.facts.pip_commands import LISTS, installed_by
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.applications.source_code import run_time_sources
from toolkit.plan.dependencies.own_installation import ITSELF
from toolkit.plan.ranking import commands_of

_SERVING = frozenset({"aiohttp", "bottle", "cheroot", "cherrypy", "flask", "paste", "tornado", "twisted", "waitress"})
_ITS_FOLDER = re.compile(r"(\bpip install (?:[^|&]{1,120} )?)\.(?= |$)")
_NAMED = re.compile(
    r"(?:^|[(,])\s{0,40}name[ \t]{0,9}=[ \t]{0,9}[\"']?([A-Za-z][\w.-]{0,100})[\"']?[ \t]{0,9}(?:[,)]|$)", re.MULTILINE
)
_PLAIN = re.compile(r"[A-Za-z][\w.-]{0,100}(?:(?:[<>=!~]=?|===?)[\w.*,<>=!~-]{1,60})?")
_OWN = re.compile(r"(?P<name>\.|[A-Za-z][\w.-]{0,100})/?(?:\[(?P<extras>[\w, -]{1,200})\])?")


def told_beside(folder: Folder, about: Sequence[Fact], listed: Collection[str], tree: SourceTree) -> list[Dependency]:
    """Libraries that no list has: those that one command installs with the application or its list, and those that serve,
    where the code imports them. https://pip.pypa.io/en/stable/cli/pip_install/"""
    found: dict[str, Dependency] = {}
    distribution = _distribution(folder, tree)
    for command, words in _installs(about):
        own = [word for word in words if _is_own(word, folder) or normalised(word.partition("[")[0]) == distribution]
        beside = bool(own) or not LISTS.isdisjoint(command.argv)
        for word in words:
            library = requirement(word, command.evidence) if _PLAIN.fullmatch(word) and word not in own else None
            if library and library.name not in listed and (beside or _serves(library, folder, tree)):
                found.setdefault(library.name, library)
    return list(found.values())


def _distribution(folder: Folder, tree: SourceTree) -> str:
    """What the application is called in an index: `setup(name="shop-server")`."""
    files = (tree.read(below(folder, name)) for name in SETUPS if name in folder.paths)
    named = (_NAMED.search(file.text) for file in files if file)
    return next((normalised(match[1]) for match in named if match), "")


def _serves(library: Dependency, folder: Folder, tree: SourceTree) -> bool:
    imported = re.compile(rf"^[ \t]{{0,40}}(?:from|import)[ \t]{{1,9}}{re.escape(library.name)}\b", re.MULTILINE)
    return library.name in _SERVING and any(
        imported.search(file.text) for file in run_time_sources("python", folder, tree)
    )


def told_extras(folder: Folder, about: Sequence[Fact]) -> tuple[str, ...]:
    """Extras without which no command installs the application."""
    asked = [
        {extra.strip() for extra in (match["extras"] or "").split(",")} - {""}
        for _, words in _installs(about)
        for word in words
        if _is_own(word, folder) and (match := _OWN.fullmatch(word))
    ]
    return tuple(sorted(extra for extra in set.intersection(*asked) if not is_development(extra))) if asked else ()


def with_extras(steps: Sequence[Arguments], extras: Sequence[str]) -> tuple[Arguments, ...]:
    """The steps, with the extras where they install the folder itself."""
    itself = f".[{','.join(extras)}]"
    changed: list[Arguments] = []
    for step in steps:
        of_folder = bool(extras) and step[:2] == ("pip", "install") and step[-1] == "."
        changed += as_list([itself], step[:-1], ITSELF) if of_folder else [step]
    return tuple(changed)


def in_place(
    steps: tuple[Arguments, ...], folder: Folder, about: Sequence[Fact], tree: SourceTree
) -> tuple[Arguments, ...]:
    """The steps with the application left where it lies, as it is where operators are told nothing but `pip install -e .` or
    `python setup.py develop`: what its set-up forgets to copy is there. So is what it writes beside its modules, which it may
    not do where an installation puts them.
    https://setuptools.pypa.io/en/latest/userguide/development_mode.html"""
    told = {is_left for command in commands_of(about, Role.INSTALL) for is_left in _leaves_it(command.argv, folder)}
    if told == {True} and "setup.py" not in folder.paths:
        return steps
    if told != {True} and not (_writes_beside_modules(folder) and _can_be_left(folder, tree)):
        return steps
    return tuple(tuple(_ITS_FOLDER.sub(r"\1--editable .", word) for word in _left(step)) for step in steps)


def _writes_beside_modules(folder: Folder) -> bool:
    """Whether the application writes into a folder of its own package, `shop/data` beside `shop/__init__.py`, or into Flask's
    instance folder, which lies beside that, and of an installation in a folder of the environment.
    https://flask.palletsprojects.com/en/stable/config/#instance-folders (2026-11-22)"""
    places = (posixpath.normpath(fact.path) for fact in folder.of_type(WritableFolder) if not fact.alternative)
    return any(
        place == "instance" or ("/" in place and f"{place.split('/')[0]}/__init__.py" in folder.paths)
        for place in places
    )


def _can_be_left(folder: Folder, tree: SourceTree) -> bool:
    """Whether its set-up can leave it where it lies: a script does, and setuptools do by pyproject.toml.
    https://peps.python.org/pep-0660/, reviewed 2026-11-22"""
    project = tree.read(below(folder, "pyproject.toml"))
    return "setup.py" in folder.paths or (project is not None and "setuptools.build_meta" in project.text)


def _leaves_it(argv: Arguments, folder: Folder) -> Iterator[bool]:
    """Whether a command installs the application where it lies, or a copy; nothing where it installs something else."""
    if "setup.py" in argv[:2]:
        yield from (word == "develop" for word in argv if word in ("develop", "install"))
    else:
        yield from (editable for word, editable in installed_by(argv) if _is_own(word, folder))


def _left(step: Arguments) -> Arguments:
    installs = "pip" in step and "install" in step and step[-1:] == (".",)
    return (*step[:-1], "--editable", ".") if installs else step


def as_list(lines: Sequence[str], step: Arguments, path: str) -> tuple[Arguments, ...]:
    """The steps that install what nobody bounds, as a list of its own in the image."""
    texts = " ".join(f'"{line}"' for line in lines)
    return ("sh", "-c", f'printf "%s\\n" {texts} > {path}'), (*step, "--requirement", path)


def _installs(about: Sequence[Fact]) -> Iterator[tuple[Command, list[str]]]:
    """Commands for production that install, with what they name."""
    for command in about:
        if isinstance(command, Command) and command.role is Role.INSTALL and command.mode is Mode.PRODUCTION:
            yield command, [word for word, _ in installed_by(command.argv)]


def _is_own(word: str, folder: Folder) -> bool:
    """Whether a word names the application: its folder, its package or the program that it installs."""
    match = _OWN.fullmatch(word)
    if not match or match["name"] == ".":
        return match is not None
    scripts = {point.value for point in folder.points("console_script")}
    package = normalised(match["name"]).replace("-", "_")
    places = (f"{package}/__init__.py", f"src/{package}/__init__.py")
    return match["name"] in scripts or any(place in folder.paths for place in places)
