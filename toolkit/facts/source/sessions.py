"""Sessions that live in the memory of one process, or in files on its disk: another task, or another service, knows nothing
of them.

Sources: https://jakarta.ee/specifications/servlet/6.0/ (7, sessions), https://docs.spring.io/spring-session/reference/,
https://expressjs.com/en/resources/middleware/session.html (MemoryStore), https://docs.djangoproject.com/en/stable/topics/http/sessions/,
https://flask-session.readthedocs.io/en/latest/config.html, https://www.php.net/manual/en/session.configuration.php,
https://laravel.com/docs/session, https://learn.microsoft.com/en-us/aspnet/core/fundamentals/app-state, reviewed 2026-11-21.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.java_application import spring_settings
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "sessions"
KIND = "session_store"
# Of a request: Hibernate and mail have sessions of their own.
_JAVA = re.compile(
    r"(?i:\b\w{0,40}req(?:uest)?\w{0,20}(?:\(\))?)\.getSession\(|\bHttpSession\s+\w|@SessionAttributes\b|@SessionScoped?\b"
)
_EXPRESS = re.compile(r"""require\(\s{0,9}['"]express-session['"]|from\s{1,9}['"]express-session['"]""")
_STORE = re.compile(r"\bstore\s{0,9}:|\bstore\s{0,9},")
_FLASK = re.compile(r"""SESSION_TYPE['"]?\]?\s{0,9}=\s{0,9}['"](filesystem|cachelib)['"]""")
_DJANGO = re.compile(
    r"""^SESSION_ENGINE\s{0,9}=\s{0,9}['"]django\.contrib\.sessions\.backends\.(file|cache)['"]""", re.MULTILINE
)
_LOCMEM = re.compile(r"LocMemCache|^(?![\s\S]*CACHES\s{0,9}=)")
_PHP = re.compile(r"\bsession_start\(")
_HANDLER = re.compile(r"session_set_save_handler\(|session\.save_handler|SessionHandlerInterface")
_ASPNET = re.compile(r"\.AddDistributedMemoryCache\(")
_LARAVEL = re.compile(r"""env\(\s{0,9}['"]SESSION_DRIVER['"]\s{0,9},\s{0,9}['"](\w{1,20})['"]""")
_OF_ONE_TASK = {"file": "files", "array": "memory"}
_SHARED_STORES = ("spring-session", "redisson-tomcat", "memcached-session-manager")


def read(project: Project) -> Iterator[Fact | Finding]:
    yield from _java(project)
    yield from _one(project, (".js", ".mjs", ".cjs", ".ts"), _EXPRESS, "memory", unless=_STORE)
    yield from _one(project, (".cs",), _ASPNET, "memory")
    yield from _one(project, (".py",), _FLASK, "files")
    for file in project.code(".py"):
        match = _DJANGO.search(file.text)
        if match and (match[1] == "file" or _LOCMEM.search(file.text)):
            yield _fact(file, match.start(), "files" if match[1] == "file" else "memory")
    yield from _laravel(project)
    if not project.depends_on("composer", "laravel/framework", "symfony/framework-bundle"):
        handlers = any(_HANDLER.search(file.text) for file in project.code(".php"))
        if not handlers:
            yield from _one(project, (".php",), _PHP, "files")


def _java(project: Project) -> Iterator[Fact]:
    """Tomcat and its like keep sessions in memory, unless a library keeps them elsewhere."""
    if any(
        getattr(fact, "ecosystem", "") == "maven" and any(name in getattr(fact, "name", "") for name in _SHARED_STORES)
        for fact in project.facts.facts
    ):
        return
    for file in project.code(".java"):
        match = _JAVA.search(file.text)
        if match:
            settings = spring_settings(project, project.places.home(file.path))
            if settings.get("spring.session.store-type", "none") == "none":
                yield _fact(file, match.start(), "memory")
                return


def _laravel(project: Project) -> Iterator[Fact]:
    """The driver that a file gives its variable, else what the settings take without it."""
    told = (fact for fact in project.facts.facts if getattr(fact, "name", "") == "SESSION_DRIVER")
    driver = next((fact for fact in told if getattr(fact, "example", None)), None)
    for file in project.code(".php"):
        match = _LARAVEL.search(file.text) if file.path.endswith("config/session.php") else None
        if match and driver is None and match[1] in _OF_ONE_TASK:
            yield _fact(file, match.start(), _OF_ONE_TASK[match[1]])
        elif match and driver is not None and (kept := _OF_ONE_TASK.get(getattr(driver, "example", ""))):
            yield replace(_fact(file, match.start(), kept), evidence=driver.evidence)


def _one(
    project: Project,
    endings: tuple[str, ...],
    pattern: re.Pattern[str],
    store: str,
    unless: re.Pattern[str] | None = None,
) -> Iterator[Fact]:
    """The first place in each application folder."""
    seen: set[str] = set()
    for file in project.code(*endings):
        match = pattern.search(file.text)
        home = project.places.home(file.path)
        if match and home not in seen and not (unless and unless.search(file.text)):
            seen.add(home)
            yield _fact(file, match.start(), store)


def _fact(file: SourceFile, position: int, store: str) -> EntryPoint:
    line = file.text.count("\n", 0, position) + 1
    return EntryPoint(
        kind=KIND, value=store, evidence=file.at(line, rule=RULE), origin=Origin.CONVENTION, confidence=0.8
    )
