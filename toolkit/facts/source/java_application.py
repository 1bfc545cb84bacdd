"""Java code: the main class, variables, actuator's health path, timers inside the application, Gradle's jar."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Malformed
from toolkit.facts.manifests.spring_properties import FILES as SPRING_FILES
from toolkit.facts.manifests.spring_properties import settings_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Dependency, EntryPoint, EnvironmentVariable, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceFile

RULE = "java-application"
ENDINGS = (".java", ".kt", ".groovy", ".scala")
WORTH = re.compile(r"getenv|@Value|@SpringBootApplication|@EnableAutoConfiguration|@Scheduled|void main|fun main")
PACKAGE = re.compile(r"^[ \t]{0,200}package\s{1,20}([\w.]{1,200})", re.MULTILINE)
CLASS = re.compile(r"\b(?:class|object)\s{1,20}(\w{1,100})")
GETENV = re.compile(r"System\.getenv\(\s{0,20}\"([A-Za-z_][A-Za-z0-9_]{0,100})\"\s{0,20}\)")
GETENV_OR = re.compile(
    r"getenv\(\)\.getOrDefault\(\s{0,20}\"([A-Za-z_][A-Za-z0-9_]{0,100})\"\s{0,20},\s{0,20}\"([^\"\n]{0,200})\""
)
VALUE = re.compile(r"@Value\(\s{0,20}\"\$\{([A-Z][A-Z0-9_]{0,100})(?::([^{}\"\n]{0,200}))?\}\"")
SCHEDULED = re.compile(r"^[ \t]{0,200}@Scheduled\(([^)\n]{0,200})", re.MULTILINE)
WAR_PLUGIN = re.compile(
    r"\bid\s{0,20}\(?['\"]war['\"]|apply plugin: ['\"]war['\"]|^[ \t]{0,40}war\s{0,20}$", re.MULTILINE
)
# How READMEs have a war put into a server, against one that carries its own.
DEPLOYED = re.compile(
    r"\bwebapps\b|\bCATALINA_(?:HOME|BASE)\b|\bstandalone/deployments\b|\b(?:tomcat\d?|jboss-as|wildfly|glassfish):(?:re)?deploy\b"
    r"|\bdeploy(?:ed|ing)?\b[^.\n]{0,80}\b(?:in|into|on|onto|to|under)\b[^.\n]{0,30}\b(?:tomcat|jboss|wildfly|glassfish|jetty|application server|servlet container)\b",
    re.IGNORECASE,
)
SPRING_BOOT_PLUGIN = re.compile(
    r"org\.springframework\.boot|spring-boot-gradle-plugin|\bid\s{0,20}\(?['\"]spring-boot['\"]|plugin: ['\"]spring-boot['\"]"
)
BASE_NAME = re.compile(
    r"\b(?:archiveBaseName|archivesBaseName|baseName)\s{0,20}(?:\.set\(|=)\s{0,20}['\"]([\w.-]{1,100})['\"]"
)
NAMED_BY_CODE = re.compile(r"\barchive(?:File)?Name\s{0,20}(?:\.set\(|=)\s{0,20}(?!['\"][\w.-]{1,120}['\"])")
ACTUATOR = "org.springframework.boot:spring-boot-starter-actuator"


def read(project: Project) -> Iterator[Fact | Finding]:
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    for file in project.code(*ENDINGS):
        if not WORTH.search(file.text):
            continue
        yield from _main_class(file)
        yield from _scheduled(file)
        for fact in _variables(file):
            variables.setdefault((project.places.home(file.path), fact.name), fact)
    yield from variables.values()
    yield from _actuator(project)
    yield from _gradle_jar(project)
    yield from _application_server(project)


def _main_class(file: SourceFile) -> Iterator[Fact]:
    text = file.text
    boot = re.search(r"^[ \t]{0,200}@(?:SpringBootApplication|EnableAutoConfiguration)\b", text, re.MULTILINE)
    main = re.search(
        r"public\s{1,20}static\s{1,20}void\s{1,20}main\s{0,20}\(|^[ \t]{0,200}fun\s{1,20}main\s{0,20}\(",
        text,
        re.MULTILINE,
    )
    named = CLASS.search(text, boot.end() if boot else 0)
    if not main or not named:
        return
    package = PACKAGE.search(text)
    name = named[1]
    if file.path.endswith(".kt") and re.search(r"^fun\s{1,20}main", text, re.MULTILINE):
        name = file.name.removesuffix(".kt") + "Kt"  # functions outside of classes belong to the file's own class
    value = f"{package[1]}.{name}" if package else name
    place = file.at(file.line_of(boot.start() + boot[0].index("@") if boot else main.start()), rule=RULE)
    yield EntryPoint(
        kind="main_class", value=value, evidence=place, origin=Origin.CONVENTION, confidence=0.95 if boot else 0.5
    )


def _variables(file: SourceFile) -> Iterator[EnvironmentVariable]:
    for pattern in (GETENV, GETENV_OR, VALUE):
        for match in pattern.finditer(file.text):
            default = match[2] if pattern.groups > 1 else None
            place = file.at(file.line_of(match.start()), rule=RULE)
            required = default is None and pattern is VALUE
            fact = variable(match[1], default, place, origin=Origin.RUNNING, required=required)
            if fact and not is_of_the_system(fact.name):
                yield fact


def _scheduled(file: SourceFile) -> Iterator[Finding]:
    """A timer inside the application fires in every copy of the service."""
    match = SCHEDULED.search(file.text)
    if match and ("cron" in match[1] or "fixed" in match[1]):
        yield Finding(
            "RP081",
            Severity.NOTE,
            "@Scheduled runs inside the application: with more than one task of the service, it runs more than once",
            (file.at(file.line_of(match.start() + match[0].index("@")), rule=RULE),),
            "keep one task of the service, take a lock in the database (ShedLock), or make it a scheduled task of its own",
        )


def _actuator(project: Project) -> Iterator[Fact]:
    """https://docs.spring.io/spring-boot/reference/actuator/endpoints.html: /actuator/health unless it is moved."""
    seen: set[str] = set()
    for fact in project.facts.facts:
        if not isinstance(fact, Dependency) or fact.name != ACTUATOR or fact.directory in seen:
            continue
        seen.add(fact.directory)
        settings = spring_settings(project, fact.directory)
        one = "1" if _boot_generation(project, fact.directory) == "1" else ""
        base = settings.get(
            "management.endpoints.web.base-path", settings.get("management.context-path", "" if one else "/actuator")
        )
        own_port = "management.server.port" in settings or "management.port" in settings
        context = (
            "" if own_port else settings.get("server.servlet.context-path", settings.get("server.context-path", ""))
        )
        health = settings.get("management.endpoints.web.path-mapping.health", "health")
        path = "/" + "/".join(part.strip("/") for part in (context, base, health) if part.strip("/"))
        if "${" not in path:
            yield EntryPoint(
                kind="health_path",
                value=path,
                detail=settings.get("management.server.port", ""),
                evidence=fact.evidence,
                origin=Origin.CONVENTION,
                confidence=0.95,
                directory=fact.directory,
            )


def _boot_generation(project: Project, directory: str) -> str:
    for fact in project.facts.facts:
        if (
            isinstance(fact, Dependency)
            and fact.name == "org.springframework.boot:spring-boot"
            and fact.directory == directory
        ):
            return (fact.version or "").split(".")[0]
    return ""


def spring_settings(project: Project, directory: str) -> dict[str, str]:
    """Spring's settings of the production way, from files outside of profiles."""
    found: dict[str, str] = {}
    for path in project.tree.matching(*SPRING_FILES):
        if "-" in path.rpartition("/")[2] or project.places.home(path) != directory or project.places.for_authors(path):
            continue
        file = project.tree.read(path)
        try:
            for setting in settings_of(file) if file else ():
                if not setting.profile:
                    found.setdefault(setting.key, re.sub(r"\$\{[^{}:]{1,100}:([^{}]{0,200})\}", r"\1", setting.value))
        except Malformed:
            continue
    return found


def _gradle_jar(project: Project) -> Iterator[Fact]:
    """Gradle's archive is named after the project and its version: build/libs/<name>-<version>.jar."""
    for path in project.tree.matching("build.gradle", "build.gradle.kts"):
        file = project.tree.read(path)
        if not file or NAMED_BY_CODE.search(file.text):
            continue
        boot, war = bool(SPRING_BOOT_PLUGIN.search(file.text)), bool(WAR_PLUGIN.search(file.text))
        if not (boot or war):
            continue
        if any(point.evidence.path == path for point in project.points("jar", "war")):
            continue
        name = file.directory.rpartition("/")[2]
        for sibling in ("settings.gradle", "settings.gradle.kts"):
            settings = project.tree.read(project.sibling(path, sibling))
            match = (
                re.search(r"rootProject\.name\s{0,20}=\s{0,20}['\"]([\w.-]{1,100})['\"]", settings.text)
                if settings
                else None
            )
            name = match[1] if match else name
        base = BASE_NAME.search(file.text)
        name = base[1] if base else name
        version = re.search(r"^[ \t]{0,200}version\s{0,20}=?\s{0,20}['\"]([\w.-]{1,60})['\"]", file.text, re.MULTILINE)
        if name:
            ending = "war" if war else "jar"
            # Spring Boot's plugin makes the war one that starts by itself, which Tomcat takes as well.
            for kind in ("war", "executable_war") if war and boot else (ending,):
                yield EntryPoint(
                    kind=kind,
                    value=f"build/libs/{name}-{version[1]}.{ending}" if version else f"build/libs/{name}.{ending}",
                    evidence=file.at(file.line_of(version.start(1)) if version else 0, rule=RULE),
                    origin=Origin.CONVENTION,
                    confidence=0.85,
                )


def _application_server(project: Project) -> Iterator[Fact]:
    """Where a README has the war put into Tomcat or its like."""
    for file in project.tree.read_all("README*", "INSTALL*", "DEPLOY*"):
        if match := DEPLOYED.search(file.text):
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield EntryPoint(kind="application_server", value=match[0], evidence=place, origin=Origin.README)
