"""Variables that an image carries itself, because what it was built from holds with their value alone."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Command, Dependency, EntryPoint, EnvironmentVariable, Origin
from toolkit.findings import Evidence
from toolkit.inventory.paths import inside, joined, relative
from toolkit.plan.app_folder import APP_FOLDER
from toolkit.plan.applications.folders import Folder
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision

_OF_DEVELOPERS = re.compile(r"(?i)(?:^|[._])(?:dev\w{0,20}|local\w{0,20}|debug|tests?)$")
# As `flask run` has it, from Flask 1.0 on: https://github.com/pallets/flask/blob/3.0.3/src/flask/app.py (run)
_IGNORES_RUN = ("FLASK_RUN_FROM_CLI", "true")
# https://flask.palletsprojects.com/en/1.0.x/cli/#application-discovery
_LOOKED_FOR = (":app", ":application", ":create_app()", ":make_app()")


def settled_variables(image: ImageInputs) -> tuple[dict[str, str], list[Decision]]:
    """Variables that settle in what the application's own programs differ, as the strongest of them says, and those without
    which a command finds no application where it starts, `workdir`; operators' values come from the environment's file."""
    stack, folder, points = image.stack, image.folder, image.points
    told = [v for v in image.about if isinstance(v, EnvironmentVariable) and v.origin is Origin.README]
    found: dict[str, str] = {}
    reasons = []

    def settle(name: str, value: str, because: str, place: Evidence) -> None:
        found[name] = value
        reasons.append(Decision(f"{image.key}.environment.{name}", value, because, (place,)))

    for name, kind in stack.environment_from.items():
        given = {point.value for point in folder.points(kind)}
        # What operators set is theirs to tell the container; what a README has developers set says nothing of it.
        of_operators = any(v.name == name and not _OF_DEVELOPERS.search(v.example or "") for v in told)
        if len(given) > 1 and not of_operators:
            served = points[kind]
            others = ", ".join(sorted(given - {served.value}))
            because = f"the program that serves sets it; other programs of the application set {others}"
            settle(name, served.value, because, served.evidence)
    module = points["wsgi"].value.partition(":")[0] if "wsgi" in points else ""
    for point in folder.points("unguarded_run", "mode", "imports_from_above"):
        if point.kind == "unguarded_run" and point.value == module:
            because = f"{module} starts a development server when it is imported, and this variable makes Flask skip it"
            settle(*_IGNORES_RUN, because, point.evidence)
        if point.kind == "mode":
            because = "it selects the settings, and there are none for production"
            settle(point.detail, point.value, because, point.evidence)
        if point.kind == "imports_from_above" and stack.language == "python" and inside(point.detail, folder.directory):
            modules = joined(APP_FOLDER, relative(point.detail, folder.directory))
            because = f"{point.value} is run by its path, and imports modules from the folder above it"
            settle("PYTHONPATH", modules, because, point.evidence)
    for library in folder.of_type(Dependency):
        for name, value in stack.library_variables.get(library.name, {}).items():
            if name not in found:
                settle(
                    name, value, f"{library.name} listens on the loopback address alone without it", library.evidence
                )
    for name, point, because in _asked_by_programs(image):
        value = _file_or_module(point, posixpath.join(folder.directory, image.workdir), folder)
        settle(name, value, because, point.evidence)
    return found, reasons


def _asked_by_programs(image: ImageInputs) -> Iterator[tuple[str, EntryPoint, str]]:
    called = {posixpath.basename(fact.argv[0]) for fact in image.about if isinstance(fact, Command) and fact.argv}
    named = {fact.name for fact in image.about if isinstance(fact, EnvironmentVariable)}
    for asked in image.stack.program_variables:
        found = any(posixpath.join(image.workdir, name) in image.folder.paths for name in asked.finds)
        if asked.program in called and asked.variable not in named and not found and asked.entry_point in image.points:
            because = f"`{asked.program}` finds the application through it: {' and '.join(asked.finds)} are not there"
            yield asked.variable, image.points[asked.entry_point], because


def _file_or_module(point: EntryPoint, start: str, folder: Folder) -> str:
    """The file where it holds the application under one of the names that are looked for: old releases find a module
    only where the path has it, and a file anywhere. What lies in a folder that is no package would not find the modules
    above it."""
    path = posixpath.relpath(point.evidence.path, start or ".")
    package = posixpath.join(posixpath.dirname(relative(point.evidence.path, folder.directory)), "__init__.py")
    alone = "/" in path and package not in folder.paths
    found = point.value.endswith(_LOOKED_FOR) and path.endswith(".py") and not path.startswith("..") and not alone
    return path if found else point.value
