"""pom.xml: Java version, packaging, what the build leaves in target/, dependencies, modules."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests import versions
from toolkit.facts.manifests.formats import Element, Malformed, xml_root
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile

FILES = ("pom.xml",)

RULE = "maven-pom"
PROPERTY = re.compile(r"\$\{([A-Za-z0-9_.-]{1,100})\}")
VERSION_PROPERTIES = (
    "maven.compiler.release", "java.version", "maven.compiler.source", "maven.compiler.target", "jdk.version",
    "javaVersion", "java-version",
)  # fmt: skip
# What a Spring Boot release compiles for when nothing says otherwise:
# https://docs.spring.io/spring-boot/system-requirements.html and its pages for earlier releases (reviewed 2026-11-21).
SPRING_BOOT_JAVA = {"1": "8", "2": "8", "3": "17", "4": "17"}
SPRING_BOOT = "org.springframework.boot"
ARCHIVE = re.compile(r"[A-Za-z0-9._-]{1,120}")


def read(file: SourceFile) -> Iterator[Fact]:
    root = xml_root(file)
    if root.name != "project":
        raise Malformed("not a Maven project", root.line)
    pom = _Pom(file, root)
    yield PackageManager(name="maven", evidence=pom.at(root), origin=Origin.RUNNING)
    yield from pom.java()
    yield from pom.dependencies()
    for module in root.all("modules", "module"):
        if name := module.text.strip().strip("/"):
            yield EntryPoint(kind="module", value=name, evidence=pom.at(module), origin=Origin.RUNNING)
    yield from pom.archive()


class _Pom:
    def __init__(self, file: SourceFile, root: Element) -> None:
        self.file = file
        self.root = root
        self.properties = {
            child.name: child.text.strip() for element in root.all("properties") for child in element.children
        }
        self.properties |= {
            "project.artifactId": root.value("artifactId"),
            "project.version": root.value("version") or root.value("parent", "version"),
            "project.parent.version": root.value("parent", "version"),
            "project.name": root.value("name") or root.value("artifactId"),
        }

    def at(self, element: Element) -> Evidence:
        return self.file.at(element.line, rule=RULE)

    def filled(self, text: str) -> str:
        """The text with this pom's properties filled in, as far as they are known."""
        for _ in range(4):  # properties that name properties
            filled = PROPERTY.sub(lambda match: self.properties.get(match[1]) or match[0], text)[:500]
            if filled == text:
                break
            text = filled
        return text

    def plugins(self) -> Iterator[Element]:
        return self.root.all("build", "plugins", "plugin")

    def plugin(self, name: str) -> Element | None:
        return next((plugin for plugin in self.plugins() if plugin.value("artifactId") == name), None)

    def java(self) -> Iterator[Fact]:
        places = [(self.root.first("properties", name), 1.0) for name in VERSION_PROPERTIES]
        for build in (("build", "plugins"), ("build", "pluginManagement", "plugins")):
            for plugin in self.root.all(*build, "plugin"):
                if plugin.value("artifactId") == "maven-compiler-plugin":
                    places[:0] = [(plugin.first("configuration", key), 1.0) for key in ("release", "source", "target")]
        for element, confidence in places:
            if element and (version := versions.java(self.filled(element.text))):
                yield Runtime(
                    name="java",
                    version=version,
                    constraint=f">={version}",
                    evidence=self.at(element),
                    origin=Origin.RUNNING,
                    confidence=confidence,
                )
                return
        boot = self.spring_boot()
        if boot and (least := SPRING_BOOT_JAVA.get(boot[0].split(".")[0])):
            yield Runtime(
                name="java",
                version=least,
                constraint=f">={least}",
                evidence=self.at(boot[1]),
                origin=Origin.CONVENTION,
                confidence=0.8,
            )

    def spring_boot(self) -> tuple[str, Element] | None:
        """The Spring Boot version, from the parent or the imported bill of materials."""
        candidates = [self.root.first("parent"), *self.root.all("dependencyManagement", "dependencies", "dependency")]
        for element in candidates:
            if (
                element
                and element.value("groupId") == SPRING_BOOT
                and element.value("artifactId").startswith("spring-boot")
            ):
                return self.filled(element.value("version")), element
        return None

    def dependencies(self) -> Iterator[Fact]:
        boot = self.spring_boot()
        if boot:
            yield self._dependency(boot[1], f"{SPRING_BOOT}:spring-boot", boot[0])
        managed = {
            (item.value("groupId"), item.value("artifactId")): item.value("version")
            for item in self.root.all("dependencyManagement", "dependencies", "dependency")
        }
        for element in self.root.all("dependencies", "dependency"):
            group, artifact = self.filled(element.value("groupId")), self.filled(element.value("artifactId"))
            version = element.value("version") or managed.get((group, artifact), "")
            if group and artifact:
                yield self._dependency(
                    element, f"{group}:{artifact}", self.filled(version), development=element.value("scope") == "test"
                )

    def _dependency(self, element: Element, name: str, version: str, *, development: bool = False) -> Dependency:
        known = version if version and "${" not in version and version[0] not in "[(" else None
        return Dependency(
            name=name,
            ecosystem="maven",
            version=known,
            constraint=version,
            development=development,
            evidence=self.at(element),
            origin=Origin.RUNNING,
        )

    def archive(self) -> Iterator[Fact]:
        """What `mvn package` leaves in target/, when it is something to run."""
        packaging = self.root.first("packaging")
        kind = packaging.text.strip() if packaging else "jar"
        final = self.root.first("build", "finalName")
        name = self.filled(final.text.strip() if final else "${project.artifactId}-${project.version}")
        place = final or packaging or self.root.first("artifactId") or self.root
        if kind == "war":
            yield from self._entry("war", f"{name}.war", place)
            if self.repackages():
                yield from self._entry("executable_war", f"{name}.war", place)
        elif kind == "jar":
            yield from self._jar(name, place)

    def repackages(self) -> bool:
        """Whether Spring Boot makes the archive one that starts by itself: its parent binds the goal, others have to.
        https://docs.spring.io/spring-boot/maven-plugin/packaging.html"""
        plugin = self.plugin("spring-boot-maven-plugin")
        if plugin is None or self._text_below(plugin, "skip") == "true":
            return False
        parent = self.root.value("parent", "artifactId") == "spring-boot-starter-parent"
        return parent or any(
            element.name == "goal" and element.text.strip() == "repackage" for element in plugin.everything()
        )

    def _jar(self, name: str, place: Element) -> Iterator[Fact]:
        if plugin := self.plugin("spring-boot-maven-plugin"):
            classifier = plugin.value("configuration", "classifier")
            yield from self._entry("jar", f"{name}-{classifier}.jar" if classifier else f"{name}.jar", place)
            yield from self._main_class(plugin)
            return
        if self.plugin("quarkus-maven-plugin"):
            yield from self._entry("jar", "quarkus-app/quarkus-run.jar", place, detail="target/quarkus-app")
            return
        for artifact in ("maven-shade-plugin", "maven-assembly-plugin", "maven-jar-plugin"):
            plugin = self.plugin(artifact)
            if not plugin or not (main := list(self._main_class(plugin))):
                continue
            ending = ".jar"
            if artifact == "maven-assembly-plugin" and self._text_below(plugin, "appendAssemblyId") != "false":
                ending = f"-{self._text_below(plugin, 'descriptorRef') or 'jar-with-dependencies'}.jar"
            own = self._text_below(plugin, "finalName")
            yield from self._entry("jar", (self.filled(own) or name) + ending, place, confidence=0.8)
            yield from main
            return

    def _main_class(self, plugin: Element) -> Iterator[Fact]:
        for element in plugin.everything():
            value = self.filled(element.text.strip())
            if element.name in ("mainClass", "Main-Class", "start-class") and re.fullmatch(r"[\w$.]{1,200}", value):
                yield EntryPoint(kind="main_class", value=value, evidence=self.at(element), origin=Origin.RUNNING)
                return

    @staticmethod
    def _text_below(plugin: Element, name: str) -> str:
        return next((element.text.strip() for element in plugin.everything() if element.name == name), "")

    def _entry(
        self, kind: str, name: str, place: Element, *, confidence: float = 1.0, detail: str = ""
    ) -> Iterator[Fact]:
        if all(ARCHIVE.fullmatch(part) and part != ".." for part in name.split("/")):
            yield EntryPoint(
                kind=kind,
                value=f"target/{name}",
                detail=detail,
                evidence=self.at(place),
                origin=Origin.RUNNING,
                confidence=confidence,
            )
