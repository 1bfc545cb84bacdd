"""Next.js: the addresses that its folders `pages` and `app` make.

Sources: https://nextjs.org/docs/app/api-reference/file-conventions and https://nextjs.org/docs/pages/building-your-application/routing
"""

import re
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding

RULE = "next-routes"
_FILE = re.compile(r"(?P<home>(?:.*/)?)(?P<kind>pages|app)/(?P<path>.+)\.(?:tsx?|jsx?|mdx?)")
_VERB = re.compile(
    r"^export\s{1,9}(?:async\s{1,9})?(?:function|const)\s{1,9}(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", re.MULTILINE
)
# Files of the app folder that are addresses of their own: https://nextjs.org/docs/app/api-reference/file-conventions/metadata
_METADATA = {"sitemap": "sitemap.xml", "robots": "robots.txt", "manifest": "manifest.webmanifest"}


def read(project: Project) -> Iterator[Fact | Finding]:
    homes = {project.places.home(path) for path in project.tree.matching("package.json") if project.is_code(path)}
    homes = {home for home in homes if project.depends_on("npm", "next", directory=home)}
    base = {home: _base_path(project, home) for home in homes}
    for file in project.tree.read_all("next.config.*"):
        home = project.places.home(file.path)
        if home in homes and (base[home] is None or re.search(r"\b(?:rewrites|redirects)\b\s{0,9}[(:]", file.text)):
            yield undecided("redirects, rewrites or a computed basePath of next.config", file.at(rule=RULE))
        elif home in homes and base[home]:
            # Elsewhere it answers 404: https://nextjs.org/docs/app/api-reference/config/next-config-js/basePath
            line = file.line_of(file.text.index("basePath"))
            yield EntryPoint(
                kind="context_path", value=base[home] or "", evidence=file.at(line, rule=RULE), origin=Origin.RUNNING,
                directory=home,
            )  # fmt: skip
    for home in sorted(homes):
        yield from _public(project, home, base[home] or "")
    for path in project.tree.paths:
        match = _FILE.fullmatch(path)
        home = project.places.home(path)
        if not match or home not in homes:  # whatever a folder is called, `docs` and `test` too, is an address
            continue
        if match["home"].rstrip("/") not in (home, f"{home}/src".lstrip("/")):
            continue
        source = project.tree.read(path)
        address = _page(match["path"]) if match["kind"] == "pages" else _app(match["path"])
        if address is None or source is None:
            continue
        methods: tuple[str, ...] = ("GET",)
        if match["path"].startswith("api/") and match["kind"] == "pages":
            methods = ()
        elif match["path"].endswith("route"):
            methods = tuple(_VERB.findall(source.text))
        for spelled in address:
            whole = paths.join(base[home] or "", spelled.rstrip("/"))  # `/shop/` is redirected to `/shop`
            yield route(whole, "next", source.at(1, rule=RULE), methods=methods, handler=path)
    for home in sorted(homes):
        manifest = project.tree.read(f"{home}/package.json".lstrip("/"))
        if manifest:
            yield route(
                paths.join(base[home] or "", "/_next/{path...}"), "next", manifest.at(rule=RULE), methods=("GET",),
                handler="build output", static=True,
            )  # fmt: skip


def _public(project: Project, home: str, base: str) -> Iterator[Fact]:
    """Files of `public`, by the first part of their path."""
    start = f"{home}/public/" if home else "public/"
    seen: set[str] = set()
    for path in project.tree.paths:
        first, _, below = path.removeprefix(start).partition("/")
        if not path.startswith(start) or first in seen or len(seen) > 200:
            continue
        seen.add(first)
        address = f"/{first}/{{path...}}" if below else f"/{first}"
        yield route(
            paths.join(base, address), "next", Evidence(path, rule=RULE), methods=("GET",), handler="public", static=True
        )  # fmt: skip


def _base_path(project: Project, home: str) -> str | None:
    """`basePath` of next.config; None where it is computed."""
    for path in project.tree.matching("next.config.*"):
        file = project.tree.read(path)
        if (
            file
            and project.places.home(path) == home
            and (match := re.search(r"\bbasePath\s{0,9}:\s{0,9}(.{0,80})", file.text))
        ):
            literal = re.match(r"['\"`]([\w/.-]*)['\"`]", match[1])
            return literal[1] if literal else None
    return ""


def _page(path: str) -> tuple[str, ...] | None:
    """pages/blog/[slug].tsx, pages/index.tsx; None for what is no page."""
    parts = path.split("/")
    if parts[-1] in ("_app", "_document", "_error", "_middleware", "404", "500") or parts[-1].endswith(
        (".test", ".stories")
    ):
        return None
    if parts[-1] == "index":
        parts.pop()
    return _spelled(parts)


def _app(path: str) -> tuple[str, ...] | None:
    """app/(shop)/cart/page.tsx, app/api/items/route.ts; None for layouts, components and private folders."""
    *folders, name = path.split("/")
    if any(part.startswith("_") for part in folders):
        return None
    parts = [part for part in folders if not (part.startswith("@") or re.fullmatch(r"\(\w[^)]*\)", part))]
    if any(part.startswith("(.") for part in parts):
        return None  # intercepts another route in the browser
    if name in _METADATA:
        return _spelled([*parts, _METADATA[name]])
    return _spelled(parts) if name in ("page", "route") else None


def _spelled(parts: list[str]) -> tuple[str, ...]:
    found, optional = [], False
    for part in parts:
        if match := re.fullmatch(r"\[\[\.\.\.(.+)\]\]", part):
            found.append(f"{{{paths.plain(match[1])}...}}")
            optional = True
        elif match := re.fullmatch(r"\[\.\.\.(.+)\]", part):
            found.append(f"{{{paths.plain(match[1])}...}}")
        else:
            found.append(re.sub(r"\[([^\[\]]+)\]", lambda match: f"{{{paths.plain(match[1])}}}", part))
    whole = "/" + "/".join(found)
    return (whole, "/" + "/".join(found[:-1])) if optional else (whole,)
