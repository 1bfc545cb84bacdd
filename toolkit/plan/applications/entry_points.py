"""Where an application is entered: its entry points by kind, the folder in which it starts, the one that is served."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from toolkit.catalog.stacks import Stack
from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.model import Command, EntryPoint, EnvironmentVariable, Fact, Role
from toolkit.facts.npm_scripts import file_alone
from toolkit.inventory.paths import inside, joined, leaves, relative
from toolkit.plan.applications.dotnet_projects import project_files
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.ranking import commands_of, ranked

# Entry points that are paths, relative to the folder of their manifest.
_PATH_KINDS = frozenset({"document_root", "executable_war", "jar", "nuxt_output", "static_output", "war"})
# What the project file beside them makes.
_PROJECT_KINDS = frozenset({"dotnet_assembly", "dotnet_worker", "dotnet_console", "iis_site"})
# Schemas of Prisma, by their path in the tree.
_SCHEMA_KINDS = frozenset({"prisma_database", "prisma_schema"})
# What a program's name and its package's may differ in: shop-server, shop_server.
_SEPARATORS = re.compile(r"[-_.]")
# Of literals alone: shop:create_app('shop.settings.Production')
_CALL = re.compile(r"([\w.]{1,100}):\w{1,80}\((?:\w{1,40}=)?['\"]?[\w./-]{1,100}['\"]?\)")


def entry_points_of(folder: Folder, application: Recognised) -> tuple[dict[str, str], dict[str, EntryPoint]]:
    """The strongest entry point of each kind, scripts of the manifest as `<name>_script`."""
    values: dict[str, str] = {}
    points: dict[str, EntryPoint] = {}
    at = joined(folder.directory, application.workdir)
    found = ranked(folder.of_type(EntryPoint))
    # Of equally strong ones, the one in the folder where the processes start, and of programs the one with its package's name.
    for point in sorted(found, key=lambda p: (p.directory.strip("/") != at, _is_beside_main(p))):
        kind, value = point.kind, point.value
        if kind in _PROJECT_KINDS and point.evidence.path.endswith("proj"):
            project = _relative(point.evidence.path, folder.directory)
            values.setdefault("dotnet_project", project)
            values["dotnet_projects"] = "\n".join(_relative(path, folder.directory) for path in project_files(folder))
            points.setdefault("dotnet_output", point)
            # Below the project's own `bin`, which no project takes for source.
            values.setdefault("dotnet_output", str(PurePosixPath(project).parent / "bin/publish"))
        if kind in _PATH_KINDS and (place := _relative(point.directory.strip("/"), folder.directory)):
            value = f"{place}/{value}"
        if kind in ("wsgi", "asgi"):
            value = _as_named_in(application.workdir, point, at)
        if kind in _SCHEMA_KINDS:
            value = _relative(value, folder.directory)
        if kind == "prisma_database" and any(path.startswith(_migrations(value)) for path in folder.paths):
            values.setdefault("prisma_migrations", value)
        if kind == "npm_script":
            kind = kind_of_script(value)
            if script := file_alone(point.detail):
                values.setdefault(kind.removesuffix("_script") + "_node", script)
        if kind not in values:
            values[kind], points[kind] = value, point
            if kind in ("wsgi", "asgi"):
                values[f"{kind}_file"] = point.evidence.path  # a script of that name may be another file
    return values, points


def _is_beside_main(point: EntryPoint) -> bool:
    """Whether a program is one of the tools beside the one that bears its package's name, as shop-import beside shop-server
    of the package shop_server."""
    package = point.detail.partition(":")[0].partition(".")[0]
    return point.kind == "console_script" and _bare(point.value) != _bare(package)


def _bare(name: str) -> str:
    return _SEPARATORS.sub("", name).lower()


def _as_named_in(workdir: str, point: EntryPoint, at: str) -> str:
    """A module by its name in the folder where the processes start: the folder of manage.py may be a package itself."""
    name = point.value.removeprefix(workdir.replace("/", ".") + ".") if workdir else point.value
    path = joined(at, name.partition(":")[0].replace(".", "/") + ".py")
    return name if path == point.evidence.path else point.value


def _migrations(schema: str) -> str:
    """Where Prisma writes them: https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories"""
    return f"{PurePosixPath(schema).parent}/migrations/".removeprefix("./")


def kind_of_script(name: str) -> str:
    """How a script of the manifest is called among entry points: `build_prod_script` for build:prod."""
    return re.sub(r"\W", "_", name) + "_script"


def given_arguments(folder: Folder, about: Sequence[Fact]) -> dict[str, str]:
    """The function that makes the application with the arguments that FLASK_APP gives it: gunicorn takes them as Flask does
    (https://flask.palletsprojects.com/en/stable/cli/#application-discovery, https://docs.gunicorn.org/en/stable/run.html)."""
    for fact in about:
        if not isinstance(fact, EnvironmentVariable) or fact.name != "FLASK_APP":
            continue
        match = _CALL.fullmatch(fact.example or "")
        if match and any(file in folder.paths for file in module_files(match[1].replace(".", "/"))):
            return {"wsgi": match[0]}
    return {}


def start_folder(application: Recognised, points: Mapping[str, EntryPoint], about: Sequence[Fact]) -> str:
    """Below the image's folder, where the module or script that is served lies."""
    if application.workdir:
        return application.workdir
    starts = commands_of(about, Role.START)
    for kind in ("wsgi", "asgi") if application.stack.language == "python" else ():
        if kind in points:
            root = points[kind].detail.strip("/")
            if lies_installed(root, application.folder.paths):
                return ""
            prefix = f"{root.replace('/', '.')}."  # how a command that is typed above that folder names the module
            named_above = any(word.startswith(prefix) for command in starts for word in command.argv)
            if not root or named_above or _is_told_above(root, application.folder, starts):
                root = ""
            place = joined(points[kind].directory.strip("/"), root)
            return _relative(place, application.folder.directory)
    tools = {point.value for point in application.folder.points("background_program")}
    for command in ranked(starts, operators_first=True):
        # `cd server && node app.js`
        place = _relative(command.directory.strip("/"), application.folder.directory)
        named = [word.removeprefix("./") for word in command.argv[1:2]]
        scripts = [f"{place}/{word}" for word in named]
        if place and any(path in application.folder.paths and path not in tools for path in scripts):
            return place if named[0] not in application.folder.paths else ""
    return ""


def lies_installed(root: str, paths: Collection[str]) -> bool:
    """Whether modules lie where an installation alone makes them known: in `src`, beside `manage.py`."""
    return root == "src" and "manage.py" in paths


def _is_told_above(root: str, folder: Folder, starts: Sequence[Command]) -> bool:
    """Whether a program that installing the application makes is told files from above its source's folder: `shop
    ./configs/shop.yaml`, whose modules lie in src."""
    scripts = {point.value for point in folder.points("console_script")}
    told = (word.removeprefix("./") for c in starts if c.argv[:1] and c.argv[0] in scripts for word in c.argv[1:])
    return any(word in folder.paths and f"{root}/{word}" not in folder.paths for word in told)


def document_root_of(folder: Folder) -> str:
    """The folder that is served, below the image's. What a web server of the host serves, /var/www/shop/public, is the part
    of that path which the source has."""
    for point in ranked(folder.points("document_root")):
        place = _relative(point.directory.strip("/"), folder.directory)
        path = "/".join(part for part in (place, point.value.removeprefix("./").strip("/")) if part not in ("", "."))
        if not point.value.startswith("/"):
            return "" if leaves(path) else path
        parts = path.split("/")
        ends = ["/".join(parts[place:]) for place in range(len(parts))]
        # The checkout itself may have the name of one of its folders: the one with the first page is served.
        if page := next((end for end in ends if f"{end}/index.php" in folder.paths), ""):
            return page
        if "index.php" in folder.paths:
            return ""
        if there := next((end for end in ends if any(other.startswith(end + "/") for other in folder.paths)), ""):
            return there
    return ""


def front_controller(stack: Stack, entry_points: Mapping[str, str], document_root: str, folder: Folder) -> str:
    """What nginx's try_files or the framework names; rules for Apache in the served folder say it themselves."""
    script = entry_points.get("front_controller", stack.front_controller)
    place = f"{document_root}/" if document_root else ""
    return script if f"{place}{script}" in folder.paths and f"{place}.htaccess" not in folder.paths else ""


def context_path(entry_points: Mapping[str, str]) -> str:
    """What a servlet container serves the application below; empty for the root, and for what no address can have."""
    path = entry_points.get("context_path", "").strip("/")
    return path if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*", path) else ""


def _relative(path: str, directory: str) -> str:
    """A path from a folder; empty for one that lies elsewhere."""
    return relative(path, directory).strip("/") if inside(path, directory) else ""
