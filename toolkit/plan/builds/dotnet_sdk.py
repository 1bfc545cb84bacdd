"""What only the SDK of .NET can do, and so happens in the build stage: the SDK's own version, bundles of migrations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import Dependency, EntryPoint, Fact, Role, Runtime
from toolkit.findings import Finding, Severity
from toolkit.inventory.paths import relative
from toolkit.plan.applications.folders import Folder
from toolkit.plan.builds.steps import Steps
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of
from toolkit.plan.reported import Reported
from toolkit.plan.versions.versions import numbers

# Policies under which a later feature band of the SDK will do: https://learn.microsoft.com/en-us/dotnet/core/tools/global-json#rollforward
_TAKES_LATER = frozenset({"feature", "minor", "major", "latestFeature", "latestMinor", "latestMajor"})
_STABLE = re.compile(r"(\d{1,2}\.\d)\.\d{3}")
_EF = "microsoft.entityframeworkcore"
_DESIGN = f"{_EF}.design"
_BUNDLES_SINCE = (6,)  # https://learn.microsoft.com/en-us/ef/core/managing-schemas/migrations/applying#bundles
_TOOLS = "/opt/dotnet-tools"
_COMMAND = ("dotnet", "ef", "database", "update")


def build_with_sdk(image: ImageInputs, steps: Steps) -> None:
    """Adds to the steps of an image what the SDK does."""
    steps.build_image, reasons = _sdk_image(image.key, image.stack, image.release, image.about)
    steps.decisions += reasons
    bundles = _plan_bundles(image)
    steps.build += bundles.build
    steps.entry_points = bundles.entry_points()
    steps.take(bundles)


def _sdk_image(key: str, stack: Stack, release: Release, about: Sequence[Fact]) -> tuple[str, list[Decision]]:
    """The base image of the build stage where global.json asks for an SDK: that of its version, or the very SDK where
    no later one will do. Without one, or for a preview, the release's."""
    pinned = next((f for f in about if isinstance(f, Runtime) and f.name == "dotnet-sdk"), None)
    match = _STABLE.fullmatch(pinned.version or "") if pinned else None
    if pinned is None or match is None or numbers(match[1]) < numbers(release.version):
        return release.build_image, []
    wanted = stack.release_for(match[1])
    if pinned.constraint in _TAKES_LATER:
        image = wanted.build_image if wanted else release.build_image
    else:
        image = f"{release.build_image.rpartition(':')[0]}:{pinned.version}"
    why = f"global.json asks for the SDK {pinned.version} (rollForward: {pinned.constraint})"
    return image, [Decision(f"{key}.build_image", image, why, (pinned.evidence,))]


@dataclass
class _Bundles(Reported):
    """Programs that apply migrations without the SDK: how they are built, and by context where they are in the image."""

    build: tuple[Arguments, ...] = ()
    programs: dict[str, str] = field(default_factory=dict)

    def entry_points(self) -> dict[str, str]:
        """The bundles as entry points: all of them, and the one that a release runs where there is one context."""
        found = {"ef_bundles": " ".join(f"{name}={path}" for name, path in self.programs.items())}
        if len(self.programs) == 1:
            found["ef_bundle"] = next(iter(self.programs.values()))
        return found


def _plan_bundles(image: ImageInputs) -> _Bundles:
    """Bundles for the contexts that have migrations; finding RP029 where operators apply them and no bundle can."""
    folder, bundles = image.folder, _Bundles()
    contexts = {p.value: p for p in folder.points("ef_migrations")}
    told = [c for c in commands_of(image.about, Role.RELEASE) if c.argv[:4] == _COMMAND]
    used = {d.name.lower(): d for d in image.dependencies if d.name.lower().startswith(_EF)}
    design = next((d for d in folder.of_type(Dependency) if d.name.lower() == _DESIGN), None)
    version = next((d.version for d in (design, *used.values()) if d and d.version), "")
    if not contexts or not version or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        why = "no versioned migrations of Entity Framework Core were found"
    elif design is None:
        why = "the project does not refer to Microsoft.EntityFrameworkCore.Design"
    elif numbers(version) < _BUNDLES_SINCE:
        why = f"Entity Framework Core {version} has no migration bundles"
    else:
        _build(bundles, contexts, version, folder, image.entry_points)
        why = f"its migrations as bundles, which run without the SDK, made by dotnet-ef {version}"
        evidence = evidence_of([*told, *contexts.values()])[:3]
        bundles.decisions.append(Decision(f"{image.key}.bundles", ", ".join(bundles.programs.values()), why, evidence))
        return bundles
    if told:
        bundles.findings.append(
            Finding("RP029", Severity.WARNING, f"`{told[0].text[:120]}` needs the SDK and the source, which the image does not have: {why}",
                    evidence_of(told[:1]), "apply the migrations from a machine with the SDK before each release, or as a script: dotnet ef migrations script --idempotent")
        )  # fmt: skip
    return bundles


def _build(
    bundles: _Bundles, contexts: Mapping[str, EntryPoint], version: str, folder: Folder, entry_points: Mapping[str, str]
) -> None:
    startup, output = entry_points["dotnet_project"], entry_points["dotnet_output"]
    steps: list[Arguments] = [("dotnet", "tool", "install", "dotnet-ef", "--tool-path", _TOOLS, "--version", version)]
    for name, point in sorted(contexts.items()):
        program = "efbundle" if len(contexts) == 1 else f"efbundle-{name}"
        own = relative(point.directory.strip("/"), folder.directory) or "."
        steps.append(
            (f"{_TOOLS}/dotnet-ef", "migrations", "bundle", "--configuration", "Release", "--project", own,
             "--startup-project", startup, "--context", name, "--output", f"{output}/{program}")
        )  # fmt: skip
        bundles.programs[name] = f"/app/{program}"
    bundles.build = tuple(steps)


def in_bundles(argv: Arguments, entry_points: Mapping[str, str]) -> Arguments | None:
    """`dotnet ef database update` as the image runs it; None where it has no bundle, or not the one that is asked for."""
    if argv[:2] != _COMMAND[:2]:
        return argv
    programs = {name: path for name, _, path in (p.partition("=") for p in entry_points.get("ef_bundles", "").split())}
    if argv[:4] != _COMMAND or not programs:
        return None
    context = next((after for word, after in pairwise(argv) if word in ("-c", "--context")), "")
    if context:
        wanted = context.rpartition(".")[2].lower()  # the tool does not mind the case either
        path = next((path for name, path in programs.items() if name.lower() == wanted), None)
        return (path,) if path else None
    return (next(iter(programs.values())),) if len(programs) == 1 else None
