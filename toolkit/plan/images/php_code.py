"""What PHP code says about the PHP that it was written for: language that later versions took away, and short tags."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.catalog.library_history import PhpHistory
from toolkit.facts.model import Origin, Runtime
from toolkit.findings import Evidence, Finding, Severity, in_words
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.model import Decision
from toolkit.plan.versions.versions import is_open, numbers

_MOST_FILES = 1000
_MOST_CHARACTERS = 200_000
_MOST_PLACES = 3
# Other people's code, of which an application may use a part that still works.
_OF_OTHERS = frozenset(
    {
        "bundled-libs", "composer", "contrib", "docs", "ext", "extensions", "lib", "libraries", "library", "libs", "modules",
        "node_modules", "pear", "plugin", "plugins", "sdk", "sdks", "test", "tests", "third_party", "thirdparty", "tools", "vendor", "vendors",
    }
)  # fmt: skip
_PEAR = re.compile(
    r"\bpear\.php\.net/package/"
)  # named by the heads of its packages, which keep their places: File/Passwd.php
_HEAD = 3000  # characters
_CODE = re.compile(r"<\?(?:php\b|=|(?!xml))(.*?)(?:\?>|\Z)", re.DOTALL | re.IGNORECASE)
# Comments, and texts of all kinds: what is in them calls nothing.
_NO_CODE = re.compile(
    r"<<<[ \t]*['\"]?(\w+)['\"]?\r?\n.*?(?:\n[ \t]*\1\b|\Z)|/\*.*?(?:\*/|\Z)|(?://|#(?!\[))[^\n]*|'(?:[^'\\]|\\.)*+(?:'|\\?\Z)|\"(?:[^\"\\]|\\.)*+(?:\"|\\?\Z)",
    re.DOTALL,
)
_CALLED = re.compile(r"(?<![\w$>:\\])(?<!function )([A-Za-z_]\w{0,60})\s{0,5}\(")
_SHORT_TAG = re.compile(r"^[^'\"\n]{0,200}<\?(?:[ \t]|\r?$)", re.MULTILINE)
_XML_AT_THE_TOP = re.compile(r"\s{0,20}<\?xml\b")


@dataclass(frozen=True)
class Removed:
    """A piece of the language that a version took away; `fatal` where the application does not run without it."""

    name: str
    since: str
    evidence: Evidence
    fatal: bool


def removed_language(history: PhpHistory, folder: Folder, tree: SourceTree) -> list[Removed]:
    """What the application's own code uses although a version of PHP has it no more, the first place of each."""
    calls = {name.lower(): version for version, names in history.removed_calls.items() for name in names}
    shapes: dict[str, Removed] = {}
    called: dict[str, Removed] = {}
    broken: set[str] = set()  # files that do not compile any more
    replaced = False
    for file in _own_code(folder, tree):
        replaced = replaced or any(call in file.text for call in history.replaced_by)
        # Most files have neither, and are not looked at any closer.
        suspects = calls.keys() & {name.lower() for name in _CALLED.findall(file.text)}
        patterns = [
            (name, version, shape)
            for version, named in history.no_longer_compiles.items()
            for name, shape in named.items()
            if re.search(shape, file.text)
        ]
        if not suspects and not patterns:
            continue
        code = _code_alone(file.text)
        for name, version, shape in patterns:
            if match := re.search(shape, code):
                broken.add(file.path)
                shapes.setdefault(name, Removed(name, version, _at(file, match), fatal=True))
        for match in _CALLED.finditer(code):
            name = match[1].lower()
            if name in suspects and name not in called and not _is_guarded(name, file.text):
                fatal = name in history.indispensable
                called[name] = Removed(f"{name}()", calls[name], _at(file, match), fatal)
    # A single file is mended more easily than a version without support is run.
    decides = len(broken) > 1
    return [
        *(replace(one, fatal=decides) for one in shapes.values()),
        *(one for one in called.values() if not (one.fatal and replaced)),
    ]


def _is_guarded(name: str, text: str) -> bool:
    """Whether a file asks first whether there is such a function, or which PHP it is, or has one of its own."""
    guard = rf"function_exists\(\s{{0,9}}['\"]{name}|function\s{{1,9}}&?{name}\s{{0,9}}\(|PHP_VERSION"
    return bool(re.search(guard, text, re.IGNORECASE))


def runtimes(removed: Sequence[Removed]) -> list[Runtime]:
    """The versions that the code compiles on, as statements to be ranked with the others."""
    return [
        Runtime(
            name="php", version=None, constraint=f"<{one.since}", evidence=one.evidence,
            origin=Origin.CONVENTION, confidence=0.9,
        )
        for one in removed if one.fatal
    ]  # fmt: skip


def without_composers(stated: Sequence[Runtime], manager: str) -> list[Runtime]:
    """Statements without those of composer.json, where Composer installs nothing and the README names the oldest version
    alone: what bounds the libraries of those who made the release bounds no host."""
    told = any(f.origin is Origin.README and f.name == "php" and f.constraint and is_open(f.constraint) for f in stated)
    return [f for f in stated if f.evidence.rule != "composer" or manager or not told]


def removed_findings(key: str, removed: Sequence[Removed], version: str) -> list[Finding]:
    """Finding RP088: code that fails when it is reached on the chosen version."""
    gone = [one for one in removed if numbers(one.since) <= numbers(version)]
    if not gone:
        return []
    named = in_words((f"{one.name} (until {one.since})" for one in gone), _MOST_PLACES)
    oldest = min(gone, key=lambda one: numbers(one.since)).since
    return [
        Finding(
            "RP088", Severity.WARNING, f"the code uses functions or syntax that PHP {version} does not have: {named}",
            tuple(one.evidence for one in gone[:_MOST_PLACES]),
            f"replace it, or set {key}.version to a version before {oldest} until that is done",
        )
    ]  # fmt: skip


def short_tags(key: str, folder: Folder, tree: SourceTree) -> list[Decision]:
    """Whether code opens with `<?`, which php.ini for production switches off; not where files begin as XML, which the
    setting would break."""
    places = []
    for file in _own_code(folder, tree):
        if _XML_AT_THE_TOP.match(file.text):
            return []
        if match := _SHORT_TAG.search(file.text[:_MOST_CHARACTERS]):
            places.append(_at(file, match))
    if not places:
        return []
    return [
        Decision(
            f"{key}.php_settings.short_open_tag",
            "1",
            "the code uses short open tags (<?)",
            tuple(places[:_MOST_PLACES]),
        )
    ]


def _own_code(folder: Folder, tree: SourceTree) -> Iterator[SourceFile]:
    own = [
        p
        for p in folder.paths
        if p.endswith((".php", ".inc", ".phtml")) and _OF_OTHERS.isdisjoint(p.lower().split("/"))
    ]
    for path in own[:_MOST_FILES]:
        file = tree.read(below(folder, path))
        if file and len(file.text) <= _MOST_CHARACTERS and not _PEAR.search(file.text, 0, _HEAD):
            yield file


def _code_alone(text: str) -> str:
    """The text with everything blank but PHP's code: no page around it, no comments, no texts."""
    kept: list[str] = []
    end = 0
    for match in _CODE.finditer(text):
        kept += [_blank(text[end : match.start(1)]), _NO_CODE.sub(lambda part: _blank(part[0]), match[1])]
        end = match.end(1)
    return "".join(kept) + _blank(text[end:])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _at(file: SourceFile, match: re.Match[str]) -> Evidence:
    return file.at(file.line_of(match.end()), rule="php-code")
