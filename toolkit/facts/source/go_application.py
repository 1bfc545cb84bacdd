"""Go code: main packages, ports, variables."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.manifests.addresses import engine_of_name
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, Datastore, EntryPoint, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.inventory.source_tree import SourceFile

RULE = "go-application"
MAIN = re.compile(r"^package main\b", re.MULTILINE)
FUNCTION = re.compile(r"^func main\(\)", re.MULTILINE)
IGNORED = re.compile(r"^//(?:go:build|\s{0,20}\+build)\s{1,20}(?:ignore|tools|windows|darwin)\b", re.MULTILINE)
# What `.Run()` and `.Start()` without an address start is a server where the code imports one.
SERVES = re.compile(r"ListenAndServe|\.(?:Run|Start)\(\s{0,9}[^\s)]|\.Listen\(|http\.Serve\(")
STARTS = re.compile(r"\.(?:Run|Start)\(\)")
FRAMEWORK = re.compile(
    r"\"(?:net/http|github\.com/(?:astaxie/beego|beego|gin-gonic|go-chi|go-martini|gofiber|gobuffalo|kataras/iris|labstack/echo|revel|urfave/negroni))"
)
# sql.Open("postgres", …), gorm.Open("sqlite3", …), xorm.NewEngine("mysql", …)
# https://pkg.go.dev/database/sql#Open, https://v1.gorm.io/docs/connecting_to_the_database.html
OPENS = re.compile(
    r"\b(?:sqlx?|gorm|xorm)\.(?:Open|Connect|MustConnect|MustOpen|NewEngine)\(\s{0,20}\"([a-z0-9]{2,20})\""
)
LISTEN = re.compile(
    r"(?:ListenAndServe(?:TLS)?|\.Run|\.Start|\.Listen)\(\s{0,20}\"[\w.]{0,60}:(\d{2,5})\"|\bAddr:\s{0,20}\"[\w.]{0,60}:(\d{2,5})\""
)
# A server for those who look into the program, which goes on beside its own.
OF_PROFILER = re.compile(r"\bgo func\(\).{0,500}\bpprof\.[A-Z]", re.DOTALL)
# flag.String("addr", ":8080", …), flag.IntVar(&port, "port", 9000, …), of pflag and cobra too: where it listens without that
# option.
FLAG = re.compile(
    r"\b\w{0,20}[fF]lags?(?:et|Set)?(?:\(\))?\.(?:Int|String|Uint(?:16)?)(?:Var)?P?\(\s{0,20}(?:&[\w.]{1,60},\s{0,20})?"
    r"\"([\w.-]{0,30}(?:port|addr|address|listen|bind))\",\s{0,20}(?:\"\w?\",\s{0,20})?"
    r"(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\"?)"
)
# flag.StringVar(&address, "bind", "127.0.0.1:8080", …), of pflag and cobra too: the option that says where it listens, and
# that has to be given in a container. https://pkg.go.dev/flag#hdr-Command_line_flag_syntax
LOOPBACK_FLAG = re.compile(
    r"\b\w{0,20}[fF]lags?(?:et|Set)?(?:\(\))?\.String(?:Var)?P?\(\s{0,20}(?:&[\w.]{1,60},\s{0,20})?"
    r"\"((?:(?:bind|http|listen|server|web)[._-]?)?(?:addr|address|bind|host|http|listen))\",\s{0,20}(?:\"\w?\",\s{0,20})?"
    r"\"(?:127\.0\.0\.1|localhost)(:\d{2,5})?\""
)
# The same of urfave/cli: &cli.StringFlag{Name: "listener", Value: "127.0.0.1:8080"}.
# https://cli.urfave.org/v2/examples/flags/
LOOPBACK_OPTION = re.compile(
    r"\bName:\s{0,20}\"((?:(?:bind|http|listen|server|web)[._-]?)?(?:addr|address|bind|host|http|listen|listener))\",[^{}]{0,300}?"
    r"\bValue:\s{0,20}\"(?:127\.0\.0\.1|localhost)(:\d{2,5})?\""
)
# port := 8080, addr = ":8080", v.SetDefault("server.port", 8080), &cli.StringFlag{Name: "listen", Value: ":8080"}, of a
# program that listens at what these hold.
HELD = re.compile(
    r"\b(?:[a-z]\w{0,30})?(?:[pP]ort|[aA]ddr(?:ess)?|[lL]isten|[bB]ind)(?:Flag)?(?:\s{1,5}(?:u?int\d{0,2}|string))?\s{0,5}:?=\s{0,5}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\b\"?)"
    r"|\bSetDefault\(\s{0,20}\"[\w.-]{0,40}(?:port|addr|address|listen|bind)\",\s{0,20}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\b\"?)"
    r"|\b(?:Port|Addr|Address|Listen|Bind):\s{0,20}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\b\"?)"
    r"|\bName:\s{0,20}\"[\w-]{0,30}(?:port|addr|address|listen|bind)\b[^{}]{0,300}?\bValue:\s{0,20}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\b\"?)"
)
# viper.SetDefault("port", 8080), of settings that another file than the one that listens reads: https://github.com/spf13/viper
SETTING = re.compile(
    r"\bviper\.SetDefault\(\s{0,20}\"(?:(?:app|http|server|web)[._-])?(?:port|addr|address|listen|bind)\","
    r"\s{0,20}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\b\"?)"
)
LOOKUP = re.compile(r"os\.(?:Getenv|LookupEnv)\(\s{0,20}\"([A-Za-z_]\w{0,100})\"\s{0,20}\)")
HELPER = re.compile(
    r"\b[gG]et_?[eE]nv\w{0,20}\(\s{0,20}\"([A-Za-z_]\w{0,100})\"\s{0,20},\s{0,20}\"?([^\"\n,()]{0,200})\"?\s{0,20}\)"
)
# Port int `env:"PORT" envDefault:"8080"`, Addr string `arg:"env:SHOP_ADDR" default:":8080"`
TAG = re.compile(r"`[^`\n]{0,200}?\b(?:env|envconfig):\"?([A-Za-z_]\w{0,100})[^\"`\n]{0,60}\"([^`\n]{0,200})`")
TAG_DEFAULT = re.compile(r"\b(?:envDefault|default|env-default):\"([^\"`\n]{0,200})\"")

# As options of urfave/cli and keys of viper have them: EnvVars: []string{"SHOP_PORT"}, BindEnv("port", "SHOP_PORT").
# https://cli.urfave.org/v2/examples/flags/#values-from-the-environment, https://github.com/spf13/viper#working-with-environment-variables
BOUND = re.compile(
    r"\b(?:EnvVars?:\s{0,9}(?:\[\]string\{)?|EnvVars\(|BindEnv\(\s{0,9}\"[\w.-]{1,60}\",)\s{0,9}\"([A-Za-z_]\w{0,100})\""
)
# What a program that goes through its whole environment tells apart, and by what each is replaced:
# case "LISTEN_ADDR": opts.listen = parse(value, defaultListen)
CASE = re.compile(
    r"\bcase\s{1,9}\"([A-Z][A-Z0-9_]{2,60})\":(?:[^\n]{0,40}\n[^\n]{0,160}?,\s{0,5}(?:(\w{1,60})|\"([^\"\n]{0,200})\")\))?"
)
CONSTANT = re.compile(
    r"^\s{0,8}(?:const\s{1,5})?(\w{1,60})\s{0,60}(?:string\s{0,20})?=\s{0,20}\"([^\"\n]{0,200})\"", re.MULTILINE
)
# Variables that say where a program listens, and what they say.
LISTENS_AT = re.compile(r"(?:PORT|(?:^|_)(?:ADDR(?:ESS)?|BIND|LISTEN))$")
AT = re.compile(r"(?:(?:0\.0\.0\.0|127\.0\.0\.1|localhost)?:)?(\d{2,5})")
GOES_THROUGH = "os.Environ()"


# The path that a package is imported by, where it says so, and those of the packages that code imports.
OWN_PATH = re.compile(r"^package \w{1,60}\s{1,5}// import \"([\w./~-]{1,200})\"", re.MULTILINE)
IMPORTED = re.compile(r"\"([a-z0-9][\w-]{0,60}(?:\.[\w-]{1,60}){1,4}(?:/[\w.~-]{1,100}){1,8})\"")
PATH = re.compile(r"[a-z0-9][\w-]{0,60}(?:\.[\w-]{1,60}){1,4}(?:/[\w.~-]{1,100}){1,8}")
OTHER_LANGUAGES = (
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "composer.json",
    "Gemfile",
    "pom.xml",
)
# Where the libraries of Go's time before modules lie, when they come with the source.
VENDORED = ("vendor/", "Godeps/_workspace/src/")


def read(project: Project) -> Iterator[Fact]:
    modules = (path for path in project.tree.paths if path.rpartition("/")[2] == "go.mod")
    if all(map(project.places.of_others, modules)):
        yield from _before_modules(project)
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    mains: set[str] = set()
    for file in project.code(".go"):
        home = project.places.home(file.path)
        if file.directory not in mains and (main := _main(file, home)):
            mains.add(file.directory)
            yield main
        yield from _listens(file)
        yield from _stores(file)
        for offset, name, default in (*_lookups(file.text), *_told_apart(file, project)):
            place = file.at(file.line_of(offset), rule=RULE)
            fact = variable(name, default, place, origin=Origin.RUNNING, required=False)
            if not fact or is_of_the_system(name):
                continue
            at = AT.fullmatch(default) if default and LISTENS_AT.search(name) else None
            if at and is_own(int(at[1]), name):
                yield Port(number=int(at[1]), evidence=place, origin=Origin.CONVENTION, confidence=0.85)
            variables.setdefault((home, name), fact)
    yield from variables.values()


def _main(file: SourceFile, home: str) -> EntryPoint | None:
    """The program whose main function stands in a file, by the folder of its package."""
    function = FUNCTION.search(file.text) if MAIN.search(file.text) and not IGNORED.search(file.text) else None
    if function is None:
        return None
    relative = file.directory.removeprefix(home).strip("/")
    place = file.at(file.line_of(function.start()), rule=RULE)
    confidence = 0.95 if _serves(file.text) else 0.8 if not relative or relative.startswith("cmd/") else 0.5
    package = f"./{relative}" if relative else "."
    return EntryPoint(kind="go_main", value=package, evidence=place, origin=Origin.CONVENTION, confidence=confidence)


def _listens(file: SourceFile) -> Iterator[Port | EntryPoint]:
    """Where a file has the server listen, one place of each kind: a call, the default of an option, and a setting."""

    def port(match: re.Match[str], number: int, confidence: float, name: str = "") -> Iterator[Port]:
        if is_own(number, name):
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=confidence)

    text = file.text
    calls = (m for m in LISTEN.finditer(text) if not OF_PROFILER.search(text, max(0, m.start() - 600), m.start()))
    if match := next(calls, None):
        yield from port(match, int(match[1] or match[2]), 0.85)
    told = (
        found
        for match in islice(FLAG.finditer(text), 20)
        for found in port(match, int(match[2] or match[3]), 0.8, re.sub(r"[.-]", "_", match[1]))
    )
    yield from islice(told, 1)
    if match := LOOPBACK_FLAG.search(text) or LOOPBACK_OPTION.search(text):
        if match[2]:
            yield from port(match, int(match[2][1:]), 0.9)
        value = f"{match[1]}=0.0.0.0{':{port}' if match[2] else ''}"
        place = file.at(file.line_of(match.start()), rule=RULE)
        yield EntryPoint(kind="go_listens", value=value, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
    if match := SETTING.search(text) or (HELD.search(text) if _serves(text) else None):
        yield from port(match, int(next(filter(None, match.groups()))), 0.75)


def _stores(file: SourceFile) -> Iterator[Datastore]:
    """The databases that a file opens."""
    opened = {engine: match for match in OPENS.finditer(file.text) if (engine := engine_of_name(match[1]))}
    for engine, match in opened.items():
        place = file.at(file.line_of(match.start()), rule=RULE)
        confidence = 0.95 if len(opened) == 1 else 0.8
        yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=confidence)


def _before_modules(project: Project) -> Iterator[Fact]:
    """Where GOPATH has the application, and whether it brings its libraries along: what go.mod would say."""
    top = next((file for file in project.code(".go") if "/" not in file.path), None)
    first = top or next(iter(project.code(".go")), None)
    if first is None:
        return
    place = first.at(rule=RULE)
    # Without go.mod, a program that serves nothing and lies below may be a tool beside an application in another language.
    if not any(project.tree.matching(*OTHER_LANGUAGES)) or any(
        _serves(file.text) or ("/" not in file.path and MAIN.search(file.text)) for file in project.code(".go")
    ):
        yield EntryPoint(kind="go_path", value=".", evidence=place, origin=Origin.CONVENTION, confidence=0.8)
    if path := _import_path(project):
        yield EntryPoint(kind="go_module", value=path, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
    if any(other.startswith(VENDORED) and other.endswith(".go") for other in project.tree.paths):
        yield EntryPoint(kind="go_vendored", value="vendor", evidence=place, origin=Origin.CONVENTION)


def _import_path(project: Project) -> str:
    """As a package says, as code imports packages that are folders of the source, or as the README has it fetched."""
    imported: Counter[str] = Counter()
    for file in project.code(".go"):
        if (own := OWN_PATH.search(file.text)) and own[1].endswith(file.directory):
            return own[1].removesuffix(file.directory).rstrip("/")
        for path in set(IMPORTED.findall(file.text)):
            parts = path.split("/")
            inside = next((n for n in range(2, len(parts)) if "/".join(parts[n:]) in project.folders), 0)
            if inside:
                imported["/".join(parts[:inside])] += 1
    if imported:
        return min(imported, key=lambda path: (-imported[path], path))
    for fact in project.facts.facts:
        if isinstance(fact, Command) and fact.argv[:2] in (("go", "get"), ("go", "install")):
            for word in fact.argv[2:]:
                if PATH.fullmatch(path := word.partition("@")[0].removesuffix("/...")):
                    return path
    return ""


def _serves(text: str) -> bool:
    return bool(SERVES.search(text) or (FRAMEWORK.search(text) and STARTS.search(text)))


def _lookups(text: str) -> Iterator[tuple[int, str, str | None]]:
    for match in list(HELPER.finditer(text))[:300]:
        yield match.start(), match[1], match[2]
    for match in list(TAG.finditer(text))[:300]:
        default = TAG_DEFAULT.search(match[2])
        yield match.start(), match[1], default[1] if default else None
    for match in list(LOOKUP.finditer(text))[:300]:
        yield match.start(), match[1], None
    for match in list(BOUND.finditer(text))[:300]:
        yield match.start(), match[1], None


def _told_apart(file: SourceFile, project: Project) -> Iterator[tuple[int, str, str | None]]:
    if GOES_THROUGH not in file.text:
        return
    beside = (project.tree.read(path) for path in project.tree.paths if posixpath.dirname(path) == file.directory)
    constants = {
        match[1]: match[2]
        for other in beside
        if other and other.path.endswith(".go")
        for match in islice(CONSTANT.finditer(other.text), 500)
    }
    for match in islice(CASE.finditer(file.text), 300):
        value = match[3] if match[3] is not None else constants.get(match[2] or "")
        # A file has the value of another one: SHOP_URL_FILE.
        yield match.start(), match[1], None if match[1].endswith("_FILE") else value
