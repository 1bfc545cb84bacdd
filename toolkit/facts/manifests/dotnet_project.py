""".NET projects: target framework, what is built, packages; solutions and the SDK's version."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Element, Malformed, json_tree, xml_root
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.paths import resolved
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "*.csproj",
    "*.vbproj",
    "*.fsproj",
    "packages.config",
    "global.json",
    "*.sln",
    "*.slnx",
    "Directory.Packages.props",
    "Directory.Build.props",
)

RULE = "dotnet-project"
# Moniker to version: https://learn.microsoft.com/en-us/dotnet/standard/frameworks
CORE = re.compile(r"net(?:coreapp)?(\d{1,2}\.\d)(?:-[\w.]+)?")
FRAMEWORK = re.compile(r"net(\d)(\d)(\d)?")
PROJECT = re.compile(r"^Project\([^)]*\)\s{0,20}=\s{0,20}\"[^\"]{0,200}\",\s{0,20}\"([^\"]{1,300}\.(?:cs|vb|fs)proj)\"")
# A package that only test projects refer to: https://learn.microsoft.com/en-us/dotnet/core/testing/
TEST_SDK = "microsoft.net.test.sdk"
# What keeps a program running that listens to nobody: https://learn.microsoft.com/en-us/dotnet/core/extensions/generic-host,
# https://learn.microsoft.com/en-us/azure/app-service/webjobs-sdk-how-to, https://topshelf.readthedocs.io/
HOSTS = frozenset(
    {
        "microsoft.azure.webjobs", "microsoft.extensions.hosting", "microsoft.extensions.hosting.systemd",
        "microsoft.extensions.hosting.windowsservices", "topshelf",
    }
)  # fmt: skip
PROPERTY = re.compile(r"\$\((\w{1,100})\)")
NODE = re.compile(r"(?:npm|npx|yarn|pnpm)\b")
# Project types of the old format that are web applications: https://github.com/JamesW75/visual-studio-project-type-guid
WEB_TYPES = ("{349c5851-65df-11da-9384-00065b846f21}", "{e24c65dc-7377-472b-9aba-bc803b73c61a}")


def read(file: SourceFile) -> Iterator[Fact]:
    if file.name == "global.json":
        yield from _global_json(file)
    elif file.name.endswith(".sln"):
        yield from _solution(file)
    elif file.name.endswith(".slnx"):
        for element in xml_root(file).everything():
            if element.name == "Project":
                yield from _module(file, element.line, element.attributes.get("Path", ""))
    elif file.name == "packages.config":
        for element in xml_root(file).all("package"):
            name, version = element.attributes.get("id", ""), element.attributes.get("version", "")
            if name:
                yield _package(file, element, name, version)
    else:
        yield from _project(file, xml_root(file))


def _project(file: SourceFile, root: Element) -> Iterator[Fact]:
    if root.name != "Project":
        raise Malformed("not an MSBuild project", root.line)
    properties = {item.name: item for group in root.all("PropertyGroup") for item in group.children}
    yield from _runtime(file, properties)
    for element in root.everything():
        if element.name in ("PackageReference", "PackageVersion"):
            name = element.attributes.get("Include") or element.attributes.get("Update", "")
            version = element.attributes.get("Version") or element.value("Version")
            if named := PROPERTY.fullmatch(version):
                version = properties[named[1]].text.strip() if named[1] in properties else version
            if name:
                yield _package(file, element, name, version)
    if not file.name.endswith("proj"):
        return
    yield PackageManager(name="nuget", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    yield from _references(file, root)
    yield from _entry_point(file, root, properties)


def _references(file: SourceFile, root: Element) -> Iterator[Fact]:
    """The projects that this one is built from, and whether MSBuild calls Node for it."""
    for element in root.everything():
        if element.name == "ProjectReference":
            path = _joined(file.directory, element.attributes.get("Include", ""))
            if path.endswith("proj"):
                place = file.at(element.line, rule=RULE)
                yield EntryPoint(kind="project_reference", value=path, evidence=place, origin=Origin.RUNNING)
        elif element.name == "Exec" and NODE.match(element.attributes.get("Command", "")):
            place = file.at(element.line, rule=RULE)
            command = element.attributes["Command"][:200]
            yield EntryPoint(
                kind="node_build", value=file.directory or ".", detail=command, evidence=place, origin=Origin.RUNNING
            )
            return


def _joined(directory: str, written: str) -> str:
    """A path of a project file as one of the tree; empty where it leaves the tree or has a property in it."""
    path = resolved(directory, written.replace("\\", "/"))
    return path if re.fullmatch(r"[\w@+. /-]{1,300}", path) else ""


def _entry_point(file: SourceFile, root: Element, properties: dict[str, Element]) -> Iterator[EntryPoint]:
    packages = {e.attributes.get("Include", "").lower() for e in root.everything() if e.name == "PackageReference"}
    if TEST_SDK in packages:
        return
    sdk = root.attributes.get("Sdk", "").partition("/")[0]
    types = properties["ProjectTypeGuids"].text.lower() if "ProjectTypeGuids" in properties else ""
    assembly = properties["AssemblyName"].text.strip() if "AssemblyName" in properties else ""
    name = assembly if re.fullmatch(r"[\w.-]{1,120}", assembly) else re.sub(r"\.\w+proj$", "", file.name)
    output = properties["OutputType"].text.strip().lower() if "OutputType" in properties else ""
    framework = {e.attributes.get("Include", "") for e in root.everything() if e.name == "FrameworkReference"}
    web = sdk.endswith(".Web") or (output == "exe" and "Microsoft.AspNetCore.App" in framework)
    if (web and output != "library") or sdk.endswith(".Worker") or (sdk and output == "exe"):
        waits = sdk.endswith(".Worker") or not HOSTS.isdisjoint(packages)
        kind = "dotnet_assembly" if web else "dotnet_worker" if waits else "dotnet_console"
        place = file.at(root.line, rule=RULE)
        yield EntryPoint(kind=kind, value=f"{name}.dll", detail=file.name, evidence=place, origin=Origin.RUNNING)
    elif any(web in types for web in WEB_TYPES):
        place = file.at(properties["ProjectTypeGuids"].line, rule=RULE)
        yield EntryPoint(kind="iis_site", value=name, detail=file.name, evidence=place, origin=Origin.RUNNING)


def _runtime(file: SourceFile, properties: dict[str, Element]) -> Iterator[Fact]:
    element = next(
        (
            properties[name]
            for name in ("TargetFramework", "TargetFrameworks", "TargetFrameworkVersion")
            if name in properties
        ),
        None,
    )
    if not element:
        return
    versions: list[tuple[str, str]] = []
    for written in element.text.strip().split(";"):
        if core := CORE.fullmatch(written.strip()):
            versions.append((core[1], written))
        elif old := FRAMEWORK.fullmatch(written.strip()):
            versions.append((".".join(part for part in old.groups() if part), written))
        elif re.fullmatch(r"v\d(?:\.\d){1,2}", written.strip()):
            versions.append((written.strip()[1:], f"net{written.strip()[1:].replace('.', '')}"))
    if versions:
        # Of several targets the newest that runs everywhere: monikers of the .NET Framework have no point in them.
        version, moniker = max(versions, key=lambda pair: ("." in pair[1], [int(part) for part in pair[0].split(".")]))
        place = file.at(element.line, rule=RULE)
        yield Runtime(name="dotnet", version=version, constraint=moniker, evidence=place, origin=Origin.RUNNING)


def _package(file: SourceFile, element: Element, name: str, version: str) -> Dependency:
    exact = version if re.fullmatch(r"\[?[0-9][\w.+-]{0,60}\]?", version) else None
    return Dependency(
        name=name[:200],
        ecosystem="nuget",
        version=exact.strip("[]") if exact else None,
        constraint=version[:100],
        development=element.attributes.get("developmentDependency") == "true" or "PrivateAssets" in element.attributes,
        evidence=file.at(element.line, rule=RULE),
        origin=Origin.RUNNING,
    )


def _global_json(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    version = tree.text("sdk", "version")
    if version and re.fullmatch(r"[\w.-]{1,40}", version):
        place = file.at(tree.line("sdk", "version"), rule=RULE)
        # The SDK builds for every framework up to its own version, so it says nothing about the one that runs.
        policy = tree.text("sdk", "rollForward") or "latestPatch"
        yield Runtime(name="dotnet-sdk", version=version, constraint=policy[:20], evidence=place, origin=Origin.RUNNING)


def _solution(file: SourceFile) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, start=1):
        if match := PROJECT.match(line[:1000]):
            yield from _module(file, number, match[1])


def _module(file: SourceFile, line: int, written: str) -> Iterator[EntryPoint]:
    path = written.replace("\\", "/")
    folder = path.rpartition("/")[0]
    if folder and ".." not in folder.split("/"):
        place = file.at(line, rule=RULE)
        yield EntryPoint(kind="module", value=folder, detail=path, evidence=place, origin=Origin.RUNNING)
