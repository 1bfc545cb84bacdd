"""Which names are environment variables of an application, and the words beside them: the rules as patterns."""

import re
from functools import lru_cache

from toolkit.catalog.cues import Phrase
from toolkit.catalog.phrases import Phrases
from toolkit.catalog.readme_rules import ReadmeRules, alternatives

# Behind a value: "/downloads in the docker image, and . otherwise", "`redis` (with docker-compose)"
OF_AUTHORS_IMAGE = re.compile(r"(?i)[^.;,\n]{1,40}\bdocker\b")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,80}$")
NAME = re.compile(r"(?<![\w/.$<-])[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,60}(?![\w/>-]|\.\w)")  # of several words
# Files that variables are written into.
ENV_FILE = re.compile(r"\.env\b|environment|\.(?:bashrc|profile|bash_profile|zshrc)$")


class Vocabulary:
    """What the rules know about names of variables and the words beside them, as patterns."""

    def __init__(self, rules: ReadmeRules) -> None:
        names, named = rules.variables, rules.any_of(Phrase.ENVIRONMENT_VARIABLE)
        to, to_value = rules.any_of(Phrase.TO), rules.any_of(Phrase.VALUE)
        self.shell = frozenset(names.shell)
        self.never = frozenset(names.never) | self.shell
        self.little = rules.little_words
        self.short, self.lower_case = frozenset(names.short), frozenset(names.lower_case)
        self.tests = re.compile(f"{alternatives(names.tests)}_")
        self.program_file = re.compile(rf"\.{alternatives(names.program_files)}\b")
        self.name_kind = Phrases(rules.phrases[Phrase.ENVIRONMENT_VARIABLE])
        self.named = re.compile(named, re.IGNORECASE)
        self.beside = re.compile(
            rf"{named}[^\w\n]{{0,6}}(?:{rules.any_of(Phrase.NAMED)}[^\w\n]{{0,6}})?[`\"']?(?-i:([A-Z][A-Z0-9_]{{1,80}}))\b",
            re.IGNORECASE,
        )
        self.before = re.compile(rf"(?<![\w/.-])[`\"']?([A-Za-z][A-Za-z0-9_]{{2,80}})[`\"']?\s{{1,3}}{named}\b")
        self.value_line = re.compile(rf"[ \t]{{0,80}}{to_value}:[ \t]{{0,4}}([^\n]{{1,300}})", re.IGNORECASE)
        self.default = re.compile(
            rf"{rules.any_of(Phrase.DEFAULTS_TO)}[\s:=]{{0,3}}[`\"']?((?:%\(\w{{1,40}}\)|[^\s`\"',;)]){{1,100}})",
            re.IGNORECASE,
        )
        self.optional = re.compile(rf"\b{rules.any_of(Phrase.OPTIONAL)}\b", re.IGNORECASE)
        self.between_names = re.compile(rf"[,/&]|<br ?/?>|\s{rules.any_of(Phrase.AND)}\s|`\s+`")
        self.among = re.compile(rf"[\s,;/&`'\"*]{{1,6}}(?:{rules.any_of(Phrase.AND)}[\s`'\"*]{{1,4}})?", re.IGNORECASE)
        self.environment = re.compile(rf"\.env\b|{rules.any_of(Phrase.ENVIRONMENT)}")
        self.set = re.compile(rf"\b{rules.any_of(Phrase.SET)}\s{{1,3}}(?:the\s{{1,3}})?[`'\"]?$", re.IGNORECASE)
        self.to_value = re.compile(rf"[`\"'*]{{0,3}}\s{{1,3}}(?:=|{to})\s")
        self.to = re.compile(
            rf"[`\"'*]{{0,3}}\s{{0,3}}(?:{rules.any_of(Phrase.VARIABLE)}\s{{1,3}})?(?:=|{to})\s{{1,3}}(?P<quote>[`\"']?)"
        )

    def good(self, name: str, *, exported: bool = False, written: bool = False) -> bool:
        """Whether a name can be an environment variable of the application; a shell's `export` makes shorter ones plausible,
        and a place in a file of variables (`written`) any but the shell's own."""
        return (
            (len(name) > 2 or exported or name in self.short)
            and bool(VARIABLE.match(name))
            and name not in (self.shell if written else self.never)
            and name[-1] != "_"
            and not self.tests.match(name)
        )


@lru_cache(maxsize=4)
def vocabulary(rules: ReadmeRules) -> Vocabulary:
    return Vocabulary(rules)


def unquoted(text: str) -> str:
    """A value as it is meant: without quotes, or without the comment or the back slash behind it."""
    text = text.strip().removesuffix(" \\").rstrip()
    if text.startswith("# "):
        return ""
    if len(text) > 1 and text[0] in "'\"" and (end := text.find(text[0], 1)) > 0:
        return text[1:end]
    return re.split(r"\s#\s", text, maxsplit=1)[0].strip().rstrip(";")
