"""Programs that a Go module is built into: their names, and which of them a command of the host means."""

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from toolkit.facts.model import Command, CronJob, Dependency, EntryPoint, Role
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import in_source, named_by_path
from toolkit.plan.applications.folders import Folder

_MODULE = re.compile(r"^module\s{1,20}\"?([\w./~-]{1,200})", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")
_UNNAMED = "server"
_VERSION = re.compile(r"v\d+")
_OF_NO_PROGRAM = frozenset({"app", "cmd", "main", "src"})  # folders that are not called like the program in them
# A main package that neither serves, nor lies at the top or below cmd/, is a tool of the developers.
_PROGRAM = 0.8


def go_entry_points(
    points: Sequence[EntryPoint], told: Sequence[Command | CronJob], folder: Folder, tree: SourceTree
) -> dict[str, str]:
    """`go_program`, the one that serves; `go_mains`, the packages to build, with blanks between them: its own, and those that
    operators name, as `told` has them; `go_output`, where the build puts them; for each name that a program has, by its
    package or by the `go build -o NAME` of the operators, `go_program:NAME`; `go_module`, the path that the application is
    imported by; `go_beside:NAME`, a program that operators start beside the server; `go_typed`, the one that they start as a
    file of the source's folder; `go_pins`, the requirements of a lock file from before modules; `go_listens`, the option
    that has the server listen where it is reached."""
    commands = [one for one in told if isinstance(one, Command)]
    mains = [point.value for point in points if point.kind == "go_main" and point.confidence >= _PROGRAM]
    mains = list(dict.fromkeys(mains or [point.value for point in points if point.kind == "go_main"][:1]))
    if not mains:
        return {}
    started = {
        PurePosixPath(command.argv[0]).name for command in commands if command.role is Role.START and command.argv
    }
    # Of several that are as sure, the one that operators start, or else that is called like the module.
    surely = {point.value: point.confidence for point in reversed(points) if point.kind == "go_main"}
    as_sure = {_program_of(package, folder, tree): package for package in mains if surely[package] == surely[mains[0]]}
    module = _program_of(".", folder, tree)
    first = next((as_sure[name] for name in as_sure if name in started), as_sure.get(module, mains[0]))
    mains = [first, *(package for package in mains if package != first and _is_named(package, told, folder, tree))]
    others = (point.value for point in points if point.kind == "go_main" and point.value not in mains)
    beside = [package for package in others if _program_of(package, folder, tree) in started]
    mains += beside
    programs = {package: _program_of(package, folder, tree) for package in mains}
    target = "bin/"
    if len(mains) == 1 and programs[first] in _OF_NO_PROGRAM:
        programs[first] = module
        target += programs[first]
    pins = [
        f"-require={d.name}@{d.constraint}" for d in folder.of_type(Dependency) if d.ecosystem == "go" and d.version
    ]
    found = {f"go_program:{name}": name for name in programs.values()}
    found |= {f"go_beside:{programs[package]}": package for package in beside}
    for command in commands:
        if command.role is Role.BUILD and (output := _output(command.argv)) and output[1] in programs:
            found.setdefault(f"go_program:{output[0]}", programs[output[1]])
    found |= {point.kind: point.value for point in points if point.kind == "go_listens"}
    if typed := next((name for name in _typed(commands, folder) if name in programs.values()), ""):
        found["go_typed"] = f"bin/{typed}"
    return found | {
        "go_program": programs[mains[0]], "go_mains": " ".join(mains), "go_output": target,
        "go_module": _module(folder, tree) or _UNNAMED, "go_pins": " ".join(pins),
    }  # fmt: skip


def _typed(commands: Iterable[Command], folder: Folder) -> Iterator[str]:
    """Programs that operators start in the folder of the source for a step of a release, `./shop --install`, where nothing
    else has that name."""
    for command in commands:
        before, _, name = (command.argv[0] if command.argv else "").rpartition("/")
        taken = any(path == name or path.startswith(f"{name}/") for path in folder.paths)
        if command.role is Role.RELEASE and before == "." and name and not taken:
            yield name


def build_tags(command: Command) -> tuple[str, ...]:
    """The build constraints that operators give: `-tags netgo`, `-tags=netgo`."""
    for word, following in zip(command.argv, (*command.argv[1:], ""), strict=True):
        if word in ("-tags", "--tags") and following:
            return ("-tags", following)
        if word.startswith(("-tags=", "--tags=")):
            return ("-tags", word.partition("=")[2])
    return ()


def in_image(
    argv: tuple[str, ...], entry_points: Mapping[str, str], files: SourceTree, directory: str
) -> tuple[str, ...]:
    """A command that starts what the host compiled, `./shop --verbose`, with the program that the image has instead; one
    that starts a file of the source tree stays as it is. One that would listen on the loopback address is told not to."""
    serving = entry_points.get("go_program")
    if not serving or not argv:
        return argv
    if argv[:2] == ("go", "run"):
        return _compiled(argv, entry_points) or argv
    program = entry_points.get(f"go_program:{PurePosixPath(argv[0]).name}")
    short = serving.partition(".")[0]  # the module miniflux.app is installed as miniflux
    if program is None and not named_by_path(argv[0]) and argv[0] != short:
        return argv
    path = in_source(argv[0])
    if joined(directory, path) in files:
        return argv
    return (f"/app/bin/{program or serving}", *argv[1:], *_listening(argv, entry_points, program or serving))


def _compiled(argv: tuple[str, ...], entry_points: Mapping[str, str]) -> tuple[str, ...]:
    """`go run ./cmd/shop serve` as the program that serves, which the build made of that package, and what it is told; ()
    for another package, and where options of the compiler take words of their own."""
    words = argv[2:]
    package = next((word for word in words[:1] if not word.startswith("-")), "")
    files = list(itertools.takewhile(lambda word: word.endswith(".go"), words))
    folder = posixpath.normpath((posixpath.dirname(package) if files else package) or ".")
    own = words[max(len(files), 1) :]
    main = entry_points["go_mains"].split()[0]
    if not package or folder != posixpath.normpath(main):
        return ()
    return (
        f"/app/bin/{entry_points['go_program']}",
        *own,
        *_listening(("", *own), entry_points, entry_points["go_program"]),
    )


def _listening(argv: tuple[str, ...], entry_points: Mapping[str, str], program: str) -> Iterator[str]:
    option = entry_points.get("go_listens", "")
    name = option.partition("=")[0]
    told = any(word.lstrip("-").partition("=")[0] == name for word in argv[1:] if word.startswith("-"))
    if option and program == entry_points["go_program"] and not told:
        yield f"--{option}"


def _is_named(package: str, told: Iterable[Command | CronJob], folder: Folder, tree: SourceTree) -> bool:
    """Whether operators name a main package, the program that it becomes, or all packages (`go install ./...`): what nobody
    names, an example, may not even compile."""
    names = map(re.escape, (_program_of(package, folder, tree), package.removeprefix("./"), "./..."))
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(names)})(?![\w-])")
    texts = (
        one.command if isinstance(one, CronJob) else one.text
        for one in told
        if isinstance(one, CronJob) or one.role is not Role.VERIFY
    )
    return any(map(named.search, texts))


def _program_of(package: str, folder: Folder, tree: SourceTree) -> str:
    """What `go build -o FOLDER/` names the program of a main package: the last part of its folder, or of the module's path
    without its version, for the one at the top (https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies)."""
    parts = [part for part in package.split("/") if part != "."]
    if not parts:
        parts = _module(folder, tree).split("/")
        if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
            parts.pop()
    name = parts[-1] if parts else ""
    return name if _NAME.fullmatch(name) else _UNNAMED


def _module(folder: Folder, tree: SourceTree) -> str:
    """The path of the module, or of the application below GOPATH before there were modules."""
    manifest = tree.read(joined(folder.directory, "go.mod"))
    match = _MODULE.search(manifest.text) if manifest else None
    if match:
        return match[1]
    return next((point.value for point in folder.points("go_module")), "")


def _output(argv: Sequence[str]) -> tuple[str, str] | None:
    """The name and the package of `go build -o bin/shop ./cmd/shop`; without a package it is the one at the top."""
    if tuple(argv[:2]) != ("go", "build") or "-o" not in argv[2:-1]:
        return None
    name = PurePosixPath(argv[argv.index("-o") + 1]).name
    behind = argv[argv.index("-o") + 2 :]
    last = behind[-1].removeprefix("./").rstrip("/") if behind and not behind[-1].startswith("-") else ""
    package = last.rpartition("/")[0] if last.endswith(".go") else last
    return (name, f"./{package}" if package else ".") if _NAME.fullmatch(name) else None
