"""build.gradle and build.gradle.kts, read as text: a build script is a program, and we run none."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests import versions
from toolkit.facts.manifests.maven_pom import SPRING_BOOT, SPRING_BOOT_JAVA
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

FILES = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")

RULE = "gradle-build"
JAVA = re.compile(
    r"JavaLanguageVersion\.of\(\s{0,20}['\"]?(\d{1,2})|(?:source|target)Compatibility\s{0,20}[=(]?\s{0,20}['\"]?((?:JavaVersion\.)?[\w.]{1,20})"
    r"|\bjvmToolchain\(\s{0,20}(\d{1,2})|options\.release\s{0,20}(?:\.set\(|=)\s{0,20}(\d{1,2})"
)
BOOT_PLUGIN = re.compile(
    r"org\.springframework\.boot['\"]\s{0,20}\)?\s{0,20}version\s{0,20}\(?\s{0,20}['\"]([\w.-]{1,40})"
    r"|spring-boot-gradle-plugin:([\w.-]{1,40})|springBootVersion\s{0,20}=\s{0,20}['\"]([\w.-]{1,40})"
)
CONFIGURATIONS = (
    "api|implementation|compile|runtime|runtimeOnly|compileOnly|providedRuntime|providedCompile|annotationProcessor"
    "|developmentOnly"
)
TESTS = "testImplementation|testCompile|testRuntimeOnly|testRuntime|testCompileOnly"
SHORT = re.compile(
    rf"^[ \t]{{0,200}}({CONFIGURATIONS}|{TESTS})\s{{0,20}}\(?\s{{0,20}}(?:(?:platform|enforcedPlatform)\s{{0,20}}\(?\s{{0,20}})?['\"]([\w.-]{{1,120}}):([\w.-]{{1,120}})(?::([^'\"]{{1,60}}))?['\"]"
)
LONG = re.compile(
    rf"^[ \t]{{0,200}}({CONFIGURATIONS}|{TESTS})\s{{0,20}}\(?\s{{0,20}}group\s{{0,20}}[:=]\s{{0,20}}['\"]([\w.-]{{1,120}})['\"]\s{{0,20}},\s{{0,20}}name\s{{0,20}}[:=]\s{{0,20}}['\"]([\w.-]{{1,120}})['\"]"
    r"(?:\s{0,20},\s{0,20}version\s{0,20}[:=]\s{0,20}['\"]([^'\"]{1,60})['\"])?"
)
MAIN_CLASS = re.compile(r"\b(?:mainClass(?:Name)?|startClass)\s{0,20}(?:\.set\(|=)\s{0,20}['\"]([\w$.]{1,200})['\"]")
ARCHIVE_FILE = re.compile(
    r"\b(?:archiveFileName|archiveName)\s{0,20}(?:\.set\(|=)\s{0,20}['\"]([\w.-]{1,120}\.([jw]ar))['\"]"
)
INCLUDE = re.compile(r"^[ \t]{0,200}include\s{0,20}\(?\s{0,20}((?:['\"][^'\"]{1,120}['\"]\s{0,20},?\s{0,20}){1,50})")
QUOTED = re.compile(r"['\"]([^'\"]{1,120})['\"]")


def read(file: SourceFile) -> Iterator[Fact]:
    if file.name.startswith("settings."):
        yield from _modules(file)
        return
    yield PackageManager(name="gradle", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    boot = ""
    java = False
    for number, whole_line in enumerate(file.lines, start=1):
        line = whole_line[:1000]
        if line.lstrip().startswith(("//", "*")):
            continue
        place = file.at(number, rule=RULE)
        if not java and (match := JAVA.search(line)):
            version = versions.java(next(filter(None, match.groups()), ""))
            if version:
                java = True
                yield Runtime(
                    name="java",
                    version=version,
                    constraint=f">={version}",
                    evidence=place,
                    origin=Origin.RUNNING,
                    confidence=0.95,
                )
        if not boot and (match := BOOT_PLUGIN.search(line)):
            boot = next(filter(None, match.groups()), "")
            yield Dependency(
                name=f"{SPRING_BOOT}:spring-boot",
                ecosystem="maven",
                version=boot,
                constraint=boot,
                evidence=place,
                origin=Origin.RUNNING,
            )
            boot_place = place
        if match := SHORT.match(line) or LONG.match(line):
            version = match[4] or ""
            yield Dependency(
                name=f"{match[2]}:{match[3]}",
                ecosystem="maven",
                version=version if version and "$" not in version and "+" not in version else None,
                constraint=version,
                development=match[1].startswith("test"),
                evidence=place,
                origin=Origin.RUNNING,
            )
        if match := MAIN_CLASS.search(line):
            yield EntryPoint(kind="main_class", value=match[1], evidence=place, origin=Origin.RUNNING)
        if match := ARCHIVE_FILE.search(line):
            value = f"build/libs/{match[1]}"
            yield EntryPoint(kind=match[2], value=value, evidence=place, origin=Origin.RUNNING, confidence=0.9)
    if boot and not java and (least := SPRING_BOOT_JAVA.get(boot.split(".")[0])):
        yield Runtime(
            name="java",
            version=least,
            constraint=f">={least}",
            evidence=boot_place,
            origin=Origin.CONVENTION,
            confidence=0.8,
        )


def _modules(file: SourceFile) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, start=1):
        if match := INCLUDE.match(line[:4000]):
            for name in QUOTED.findall(match[1]):
                folder = name.strip(":").replace(":", "/")
                place = file.at(number, rule=RULE)
                yield EntryPoint(kind="module", value=folder, evidence=place, origin=Origin.RUNNING)
