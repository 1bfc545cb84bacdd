"""PHP code: the folder to serve, Laravel's and Symfony's ways, variables, folders that are written to."""

import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.manifests.addresses import SCHEMES, engine_of_name
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import (
    CronJob,
    Datastore,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Origin,
    Role,
    Runtime,
    WritableFolder,
)
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceFile

RULE = "php-application"
# Front controllers, the most telling first: frameworks keep all but one folder away from visitors.
ROOTS = ("public", "web", "webroot", "public_html", "htdocs", "html", "www", "httpdocs", "docroot", "pub")
# Of frameworks whose folder for visitors is the only one, whatever lies at the top.
CONSOLES = ("artisan", "bin/console", "spark", "yii", "bin/cake")
INCLUDES = re.compile(r"\b(?:include|require)(?:_once)?\b")
TOP_PAGE = re.compile(r"\.htaccess|[^/]+\.(?:php\d?|x?html?)")
SENDS_ON = re.compile(r"header\(\s{0,20}['\"][Ll]ocation:\s{0,20}(?:\./)?([\w-]{1,40})/?['\"]")
# Folders at the top that PHP applications write to, by their usual names.
WRITTEN = ("cache", "data", "files", "logs", "tmp", "upload", "uploads", "wp-content/uploads")
LOOKUP = re.compile(
    r"(?<![\w>])(?:env|getenv)\(\s{0,20}['\"]([A-Za-z_]\w{0,100})['\"]\s{0,20}(?:,\s{0,20}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|([0-9]{1,9}|true|false)\b))?"
)
ARRAY = re.compile(r"\$_ENV\[\s{0,20}['\"]([A-Za-z_]\w{0,100})['\"]\s{0,20}\]")
CONNECT = re.compile(
    r"(?:new\s{1,20}\\?PDO\(\s{0,20}['\"](mysql|pgsql|sqlsrv|sqlite|oci)|\b(mysqli_(?:real_)?connect|new\s{1,20}\\?mysqli|mysql_connect|pg_p?connect|sqlsrv_connect|oci_connect)\b)"
)
FUNCTIONS = {
    "mysqli_connect": "mysql",
    "mysql_connect": "mysql",
    "pg_connect": "postgres",
    "pg_pconnect": "postgres",
    "sqlsrv_connect": "sqlserver",
    "oci_connect": "oracle",
}
# $DatabaseType = 'postgresql', define('DB_DRIVER', 'pgsql'), 'dbtype' => 'mysqli', in a file of settings or the sample of one.
SETTINGS = re.compile(r"(?i)conf|default|dist|example|sample|settings")
CONFIGURED = re.compile(
    r"(?i)^[^/#*\n]{0,40}?(?:db|database)[_.]?(?:adapter|driver|engine|type)['\"\]]{0,2}\s{0,9}(?:=>|=|,)\s{0,9}['\"]([a-z]{3,12})(?:\.\w{1,9})?['\"]",
    re.MULTILINE,
)
# https://laravel.com/docs/scheduling#defining-schedules
TIMETABLES = ("routes/console.php", "bootstrap/app.php", "app/Console/Kernel.php")
SCHEDULED = re.compile(
    r"\$schedule\s{0,20}->\s{0,20}(?:command|job|call|exec)\b|\bSchedule::(?:command|job|call|exec)\b"
)
HEALTH = re.compile(r"\bhealth:\s{0,20}['\"](/[\w/-]{1,60})['\"]")


def read(project: Project) -> Iterator[Fact]:
    homes = {project.places.home(path) for path in project.tree.matching("*.php") if project.is_code(path)}
    for home in sorted(homes):
        yield from _document_root(project, home)
        yield from _laravel(project, home)
        yield from _symfony(project, home)
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    engines: set[tuple[str, str]] = set()
    for file in project.code(".php", ".inc"):
        home = project.places.home(file.path)
        for fact in _variables(file):
            variables.setdefault((home, fact.name), fact)
        for match in islice(CONNECT.finditer(file.text), 20):
            if (engine := _engine(match)) and (home, engine) not in engines:
                engines.add((home, engine))
                place = file.at(file.line_of(match.start()), rule=RULE)
                yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=0.7)
        told = CONFIGURED.search(file.text) if SETTINGS.search(file.name) else None
        if told and (engine := engine_of_name(told[1])):
            place = file.at(file.line_of(told.start()), rule=RULE)
            yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=0.75)
    yield from variables.values()


def _engine(match: re.Match[str]) -> str | None:
    if match[1]:
        return {"oci": "oracle"}.get(match[1]) or SCHEMES.get(match[1])
    return "mysql" if "mysqli" in match[2] else FUNCTIONS.get(match[2])


def _document_root(project: Project, home: str) -> Iterator[Fact]:
    found = _served_folder(project, home)
    if not found:
        return
    folder, file, line, confidence = found
    place = file.at(line, rule=RULE)
    origin = Origin.RUNNING if line else Origin.CONVENTION
    yield EntryPoint(
        kind="document_root", value=folder or ".", evidence=place, origin=origin, confidence=confidence, directory=home
    )
    if not any(isinstance(fact, Runtime) and fact.name == "php" for fact in project.facts.facts):
        yield Runtime(name="php", evidence=place, origin=Origin.CONVENTION, confidence=0.9, directory=home)
    if rules := project.tree.read(joined(home, folder, ".htaccess")):
        place = rules.at(rule=RULE)
        yield EntryPoint(
            kind="htaccess", value=joined(folder, ".htaccess"), evidence=place, origin=Origin.RUNNING, directory=home
        )
    for name in WRITTEN:
        kept = next((path for path in project.tree.paths if path.startswith(joined(home, name) + "/")), None)
        if kept and name != folder and (file_ := project.tree.read(kept)):
            place = file_.at(rule=RULE)
            yield WritableFolder(path=name, evidence=place, origin=Origin.CONVENTION, confidence=0.6, directory=home)


def served_folder(project: Project, home: str) -> str:
    """The folder below an application's own that a web server is to serve; empty for that itself, and where none is known."""
    found = _served_folder(project, home)
    return found[0] if found else ""


def _served_folder(project: Project, home: str) -> tuple[str, SourceFile, int, float] | None:
    """The folder that a web server is to serve, the file and line that say so, and how sure that is."""
    front = project.tree.read(joined(home, "index.php"))
    framework = any(joined(home, console) in project.tree for console in CONSOLES)
    for folder in ROOTS:
        if file := project.tree.read(joined(home, folder, "index.php")):
            if front and not framework and INCLUDES.search(front.text) and not re.search(rf"\b{folder}\b", front.text):
                continue  # the application's own front page, beside a part of it for the public, say
            return folder, file, 0, 0.95 if folder in ("public", "web", "webroot") else 0.8
    if file := front:
        # An index page at the root that does nothing but send visitors on: the folder they are sent to is what is served.
        sends = SENDS_ON.search(file.text) if len(file.text) < 1000 else None
        if sends and joined(home, sends[1], "index.php") in project.tree:
            return sends[1], file, file.line_of(sends.start()), 0.85
        return "", file, 0, 0.6
    prefix = f"{home}/" if home else ""
    # Where no page lies at the top, what is laid onto a host is the one folder that has a front page, under any name.
    pages = [path.removeprefix(prefix) for path in project.tree.matching("index.php") if path.startswith(prefix)]
    inner = [page for page in pages if page.count("/") == 1 and project.is_code(prefix + page)]
    inner = [page for page in inner if project.places.home(prefix + page) == home]
    top = (path.removeprefix(prefix) for path in project.tree.paths if path.startswith(prefix))
    if len(inner) == 1 and not any(map(TOP_PAGE.fullmatch, top)) and (file := project.tree.read(prefix + inner[0])):
        return inner[0].rpartition("/")[0], file, 0, 0.7
    for path in project.tree.matching("*.php"):
        inside = path.removeprefix(prefix) if path.startswith(prefix) else ""
        file = project.tree.read(path) if inside and inside.count("/") < 2 and project.is_code(path) else None
        if file and not project.depends_on("composer", "symfony/console", directory=home):
            return "", file, 0, 0.4
    return None


def _laravel(project: Project, home: str) -> Iterator[Fact]:
    """https://laravel.com/docs/deployment"""
    artisan = project.tree.read(joined(home, "artisan"))
    if not artisan:
        return
    for folder in ("storage", "bootstrap/cache"):
        yield WritableFolder(path=folder, evidence=artisan.at(rule=RULE), origin=Origin.CONVENTION, directory=home)
    migrations = [path for path in project.tree.paths if path.startswith(joined(home, "database/migrations/"))]
    if migrations and not project.has_command(Role.RELEASE, "artisan migrate"):
        yield conventional(Role.RELEASE, ("php", "artisan", "migrate", "--force"), artisan.at(rule=RULE), home, 0.9)
    jobs = [fact.command for fact in project.facts.facts if isinstance(fact, CronJob)]
    if not any("schedule:run" in job for job in jobs) and not project.has_command(Role.START, "schedule:work"):
        yield from _timetable(project, home)
    bootstrap = project.tree.read(joined(home, "bootstrap/app.php"))
    if bootstrap and (match := HEALTH.search(bootstrap.text)):
        place = bootstrap.at(bootstrap.line_of(match.start()), rule=RULE)
        yield EntryPoint(kind="health_path", value=match[1], evidence=place, origin=Origin.RUNNING, directory=home)


def _timetable(project: Project, home: str) -> Iterator[Fact]:
    """The application's own timetable, which waits for a cron job every minute: https://laravel.com/docs/scheduling"""
    for path in TIMETABLES:
        file = project.tree.read(joined(home, path))
        match = SCHEDULED.search(file.text) if file else None
        if file and match:
            argv = ("php", "artisan", "schedule:run")
            yield CronJob(
                schedule="* * * * *",
                command=" ".join(argv),
                argv=argv,
                evidence=file.at(file.line_of(match.start()), rule=RULE),
                origin=Origin.CONVENTION,
                confidence=0.85,
                directory=home,
            )
            return


def _symfony(project: Project, home: str) -> Iterator[Fact]:
    """https://symfony.com/doc/current/deployment.html"""
    console = project.tree.read(joined(home, "bin/console"))
    if not console or not project.depends_on(
        "composer", "symfony/framework-bundle", "symfony/symfony", "symfony/console"
    ):
        return
    yield WritableFolder(path="var", evidence=console.at(rule=RULE), origin=Origin.CONVENTION, directory=home)
    if project.depends_on("composer", "doctrine/doctrine-migrations-bundle") and not project.has_command(
        Role.RELEASE, "migrations:migrate"
    ):
        argv = ("php", "bin/console", "doctrine:migrations:migrate", "--no-interaction")
        yield conventional(Role.RELEASE, argv, console.at(rule=RULE), home, 0.9)


def _variables(file: SourceFile) -> Iterator[EnvironmentVariable]:
    for pattern in (LOOKUP, ARRAY):
        for match in list(pattern.finditer(file.text))[:300]:
            default = next((group for group in match.groups()[1:] if group is not None), None)
            name = match[1]
            if is_of_the_system(name) or name in ("argc", "argv"):
                continue
            line = file.line_of(match.start())
            if file.lines[line - 1].lstrip().startswith(("//", "#", "*")):
                continue
            fact = variable(name, default, file.at(line, rule=RULE), origin=Origin.RUNNING, required=False)
            if fact:
                yield fact
