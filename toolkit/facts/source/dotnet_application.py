"""C# code: addresses that Kestrel is told, variables, Entity Framework's migrations."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Malformed, json_tree
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.findings import Finding, Severity

RULE = "dotnet-application"
LOOKUP = re.compile(r"GetEnvironmentVariable\(\s{0,20}\"([A-Za-z_]\w{0,100})\"")
# Entity Framework keeps the model after the last migration: https://learn.microsoft.com/en-us/ef/core/managing-schemas/migrations/
SNAPSHOT = re.compile(r"\[DbContext\(typeof\(([\w.]{1,200})\)\)\]")
URLS = re.compile(r"(?:UseUrls|\.Run)\(\s{0,20}\"https?://[^:\"\n]{1,60}:(\d{2,5})|ListenAnyIP\(\s{0,20}(\d{2,5})")
PROFILE = re.compile(r"http://[\w.*+-]{1,60}:(\d{2,5})")


# Of the .NET Framework, which has no worker services: https://learn.microsoft.com/en-us/dotnet/core/extensions/windows-service
WINDOWS_SERVICE = re.compile(r"Include=\"(?:System\.ServiceProcess|Topshelf)\b")
PROGRAM = re.compile(r"<OutputType>\s{0,9}(?:Win)?Exe\s{0,9}</OutputType>")
FRAMEWORK = re.compile(r"<TargetFrameworkVersion>\s{0,9}v[1-4]\.|<TargetFramework>\s{0,9}net4\d{1,2}\b")


def read(project: Project) -> Iterator[Fact | Finding]:
    yield from _windows_services(project)
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    for file in project.code(".cs", ".vb", ".fs"):
        for match in list(LOOKUP.finditer(file.text))[:300]:
            place = file.at(file.line_of(match.start()), rule=RULE)
            fact = variable(match[1], None, place, origin=Origin.RUNNING, required=False)
            if fact and not is_of_the_system(fact.name):
                variables.setdefault((project.places.home(file.path), fact.name), fact)
        if file.name.endswith("ModelSnapshot.cs") and (context := SNAPSHOT.search(file.text)):
            place = file.at(file.line_of(context.start()), rule=RULE)
            name = context[1].rpartition(".")[2]
            yield EntryPoint(kind="ef_migrations", value=name, evidence=place, origin=Origin.RUNNING)
        if told := URLS.search(file.text):
            number = int(told[1] or told[2])
            if number < 65536:
                place = file.at(file.line_of(told.start()), rule=RULE)
                yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.85)
    for file in project.tree.read_all("launchSettings.json"):
        try:
            tree = json_tree(file)
        except Malformed:
            continue
        for name in tree.table("profiles"):
            path = ("profiles", name, "applicationUrl")
            if local := PROFILE.search(tree.text(*path)):
                place = file.at(tree.line(*path), rule=RULE)
                yield Port(
                    number=int(local[1]),
                    evidence=place,
                    origin=Origin.CONVENTION,
                    confidence=0.5,
                    alternative="development",
                )
    yield from variables.values()


def _windows_services(project: Project) -> Iterator[Finding]:
    """RP087: programs that a container of the web application does not run."""
    for file in project.code(".csproj", ".vbproj", ".fsproj"):
        service = WINDOWS_SERVICE.search(file.text)
        if service and PROGRAM.search(file.text) and FRAMEWORK.search(file.text):
            yield Finding(
                "RP087",
                Severity.WARNING,
                f"{file.name} is a Windows service of the .NET Framework: no service of the plan runs it",
                (file.at(file.line_of(service.start()), rule=RULE),),
                "move it to .NET as a worker service (Microsoft.Extensions.Hosting), which becomes a service of kind worker; until"
                " then leave it on its host, and let it reach the new database",
            )
