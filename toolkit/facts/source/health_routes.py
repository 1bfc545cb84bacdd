"""Routes that answer whether the application is well, found by their names in code of any language."""

import re
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "health-route"
ENDINGS = (".py", ".js", ".mjs", ".cjs", ".ts", ".java", ".kt", ".php", ".rb", ".cs", ".go")
IN_LINE = (".js", ".mjs", ".cjs", ".ts")
NAMES = (
    r"healthz?|health[-_]?checks?|livez?|liveness|readyz?|readiness|status|ping|heartbeat|alive|up|_health|__health__"
    r"|__heartbeat__|__lbheartbeat__"
)
HINT = re.compile(rf"['\"/^](?:{NAMES})/?\$?['\"]")
ROUTE = re.compile(
    r"(?P<how>@[\w.]{1,40}\.(?:route|get)\(|\b(?:re_)?path\(|\burl\(|\b(?:app|server|fastify|application)\.(?:get|all|use|route|add_url_rule|MapGet)\("
    r"|\b(?:router|routes?|api|bp|blueprint)\.(?:get|all|use|route)\(|@(?:Get|Request)Mapping\(\s{0,3}(?:(?:value|path)\s{0,3}=\s{0,3})?"
    r"|\bMapHealthChecks\(|\bMapGet\(|Route::(?:get|any)\(|^\s{0,8}get\s|\bHandleFunc\(|\bHandle\(|\.GET\(|@(?:Get|Path)\()"
    rf"\s{{0,3}}r?['\"]\^?(?P<path>/?(?:[a-z0-9_-]{{1,30}}/){{0,3}}(?:{NAMES})/?)\$?['\"]",
    re.MULTILINE,
)
LOGIN = re.compile(r"(?i)login_?required|@permission|@admin|authenticat|ensureLoggedIn|PreAuthorize|\[Authorize")
OF_A_CLASS = re.compile(r"[^;{}]{0,600}?\bclass\s")
SURE = ("health", "live", "ready", "_health", "heartbeat", "alive")


def read(project: Project) -> Iterator[Fact]:
    for file in project.code(*ENDINGS):
        if not HINT.search(file.text):
            continue
        for match in list(ROUTE.finditer(file.text))[:5]:
            line = file.line_of(match.start())
            if file.lines[line - 1].lstrip().startswith(("#", "//", "*")):
                continue
            if "Mapping" in match["how"] and OF_A_CLASS.match(file.text, match.end()):
                continue  # what its methods' addresses begin with
            if LOGIN.search(_guards(file, match)):
                continue  # the load balancer has no account
            path = "/" + match["path"].lstrip("/")
            name = path.strip("/").rpartition("/")[2]
            confidence = 0.85 if any(part in name for part in SURE) else 0.45
            if re.match(r"(?:router|routes?|api|bp|blueprint)\b", match["how"]) or "Mapping" in match["how"]:
                confidence -= 0.3  # there may be a prefix where it is mounted
            yield EntryPoint(
                kind="health_path",
                value=path,
                evidence=file.at(line, rule=RULE),
                origin=Origin.CONVENTION,
                confidence=round(confidence, 2),
            )


def _guards(file: SourceFile, match: re.Match[str]) -> str:
    """What may ask for an account first: in JavaScript it stands before the handler, elsewhere on the lines that follow."""
    if file.path.endswith(IN_LINE):
        return file.text[match.end() :].partition("\n")[0]
    line = file.line_of(match.start())
    return "\n".join(file.lines[line : line + 4])
