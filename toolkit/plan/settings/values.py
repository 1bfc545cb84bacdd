"""Where the value of a variable comes from: the service's port, the mode, a datastore, a secret, or what operators use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.variables import VariableNames
from toolkit.facts.file_names import is_production
from toolkit.facts.manifests.addresses import GO_DSN
from toolkit.facts.model import EnvironmentVariable, Origin
from toolkit.findings import Evidence
from toolkit.plan.app_folder import APP_FOLDER, moved
from toolkit.plan.model import ENVIRONMENTS, Datastore, Variable
from toolkit.plan.settings.hosts import hosts_in
from toolkit.plan.settings.references import connection_string, engine_word, reference_for, role_of_address

EVERYWHERE = "0.0.0.0"
HERE_ALONE = ("localhost", "127.0.0.1", "::1")
_PLACEHOLDER = re.compile(
    r"^<.*>$|^\[[^\"'\d\[\]]+\]$|^\.\.\.$"  # <secret>, [secret], ...
    r"|^(?:your|my(?!sql)|change|replace)[-_ ]?\w+|^(?:fill|x{3,20}|tbd)(?:[-_ ]?(?:in|me|this))?$"  # your_secret, fill-in
    r"|^\w{0,10}x{6,40}$|^x{2}(?:-x{1,8}){1,3}$"  # sk_xxxxxxxx, xx-xxxx-xx
    r"|^\w{1,40}[-_ ](?:goes[-_ ])?here$|^(?:username|ip)$"  # secret-goes-here
    r"|^/?(?:abs(?:olute)?/|some/)?path/to/",
    re.IGNORECASE,
)
# `:9000` and `9000`, what a program listens on, and the names that have it.
_LISTENING = re.compile(r"((?:(?:0\.0\.0\.0|\[::\])?:)?)\d{4,5}")
_LISTENING_HERE = re.compile(r"(?:127\.0\.0\.1|localhost):\d{2,5}")
# `SHOP_ADDR=:8080` has no host, and so is no address of another service.
_OF_ANY_HOST = re.compile(r"(?:^|_)(?:ADDR(?:ESS)?|BIND|LISTEN)$")
_OF_LISTENING = re.compile(r"(?:^|_)(?:BIND|HTTP|LISTEN|SERVER|WEB)_?ADDR(?:ESS)?$")
_NO_LETTER = re.compile(r"[ -]")
# What the shell of a host puts there: `$USER`, `$(id -gn)`.
_OF_SHELL = re.compile(r"\$[A-Za-z_({]|`")
# `shop.settings.dev` and `development` count where nothing else is told.
_OF_DEVELOPERS = re.compile(r"(?i)(?:^|[._-])(?:dev|devel|development|local|test|testing)$")
# SHOP_ENV=local. What goes with `dev` has many names: `prod`, `pro`, `production`.
_OF_MODE = re.compile(r"(?:^|_)ENV(?:IRONMENT)?$")
_MODES_OF_DEVELOPERS = ("development", "local")
_OF_DEBUG = re.compile(r"(?:^|_)DEBUG(?:_MODE)?$")
# https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts, as a sample for developers has it.
_HOSTS_SERVED = re.compile(r"(?:^|_)ALLOWED_HOSTS$")
_ONLY_HERE = re.compile(r"(?:(?:\.?localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0)(?:[,\s]{1,3}|$)){1,6}")
_OF_LOGS = re.compile(r"(?:^|_)LOG(?:GING|GER)?_?LEVEL$")
_MOST_WORDS = re.compile(r"(?i)debug|trace|silly|verbose")
_SWITCHED_OFF = {"1": "0", "on": "off", "true": "false", "True": "False", "TRUE": "FALSE", "yes": "no"}


@dataclass(frozen=True)
class Mentioned:
    """A variable by its name, and what mentions it, the strongest first."""

    name: str
    mentions: list[EnvironmentVariable]

    @property
    def told(self) -> bool:
        """Whether operators tell it, or the running system asks for it."""
        return self._asked or any(fact.origin is Origin.README for fact in self.mentions)

    @property
    def _asked(self) -> bool:
        return any(fact.required and fact.origin is Origin.RUNNING for fact in self.mentions)

    @property
    def secret(self) -> bool:
        """Whether any of its mentions looks like a secret."""
        return any(fact.secret for fact in self.mentions)

    @property
    def of_samples_alone(self) -> bool:
        """Whether nothing but READMEs and samples mentions it."""
        return all(fact.origin is Origin.README or fact.evidence.rule == "env-file" for fact in self.mentions)

    @cached_property
    def example(self) -> str | None:
        """The strongest value that is shown, one of developers where there is no other."""
        # A line of a sample behind a comment sign shows what may be set: unset is what the team runs with.
        given = [fact for fact in self.mentions if self._asked or fact.required or fact.evidence.rule != "env-file"]
        shown = [fact.example for fact in given if fact.example and not _OF_SHELL.match(fact.example)]
        examples = [one for one in shown if _NO_LETTER.sub("_", one.upper()) != self.name.upper()]  # SHOP_URL=shop_url
        return next((one for one in examples if not _OF_DEVELOPERS.search(one)), next(iter(examples), None))

    @cached_property
    def address(self) -> str:
        """A datastore's address that it holds, without its login where it has one."""
        return next((fact.address for fact in self.mentions if fact.address), "") if not self.example else ""

    @property
    def told_to_driver(self) -> str:
        """The form that a driver of Go takes, where any of its mentions has it: other forms say no more than that."""
        shown = (fact.example or fact.address for fact in self.mentions)
        return next((text for text in shown if GO_DSN.fullmatch(text)), "")

    @property
    def shows_value(self) -> bool:
        """Whether the example is a value, and no placeholder for one."""
        return bool(self.example) and not _PLACEHOLDER.match(self.example or "")


@dataclass(frozen=True)
class Surroundings:
    """What values are made of. `names` say what variables mean, `servers` are engines by the places of connection strings in
    which they stand, `port` is the service's, `home` is where the application lay on the host."""

    names: VariableNames
    datastores: Mapping[str, Datastore]
    blueprints: Mapping[str, DatastoreBlueprint]
    servers: Mapping[Evidence, str]
    port: int | None
    home: str


def listens_here(name: str, example: str | None) -> bool:
    """Whether a variable has the server listen on the loopback address: LISTEN_ADDR=127.0.0.1:8080."""
    return bool(_OF_LISTENING.search(name.upper()) and _LISTENING_HERE.fullmatch(example or ""))


def plan_value(asked: Mentioned, around: Surroundings) -> tuple[Variable | None, str, bool]:
    """The variable, why, and whether that was guessed; None where it stays unset."""
    variable, because, guessed = _value(asked, around)
    if variable and variable.value is not None and (here := moved(variable.value, around.home)) != variable.value:
        variable = Variable(value=here)
        because = f"the application's folder is {APP_FOLDER} in the image"
    if not asked.mentions[0].evidence.path:
        because, guessed = asked.mentions[0].evidence.rule, True
    return variable, because, guessed


def _value(asked: Mentioned, around: Surroundings) -> tuple[Variable | None, str, bool]:
    name, names, example, upper = asked.name, around.names, asked.example, asked.name.upper()
    of_datastore = "built from the outputs of the datastore's stack"
    if whole := connection_string(name, asked.mentions, around.servers, around.datastores, around.blueprints):
        return whole, of_datastore, False
    if upper in names.port and around.port:
        return Variable(value=str(around.port)), "the port that the service listens on", False
    listening = _OF_ANY_HOST if (example or "").startswith(":") else _OF_LISTENING
    if around.port and listening.search(upper) and (at := _LISTENING.fullmatch(example or "")):
        return Variable(value=f"{at[1]}{around.port}"), "the port that the service listens on", False
    if around.port and listens_here(upper, example):
        return Variable(value=f"{EVERYWHERE}:{around.port}"), "a container listens on all interfaces", False
    here = example in (*HERE_ALONE, EVERYWHERE, "::")
    if _HOSTS_SERVED.search(upper) and example and _ONLY_HERE.fullmatch(example):
        why = "the load balancer's rules decide on hosts, and its health checks use an IP address as the host"
        return Variable(values=dict.fromkeys(ENVIRONMENTS, "*") | {"development": example}), why, True
    if (upper in names.bind and not example) or (here and names.listens(upper)):
        everywhere = "::" if example in ("::", "::1") else EVERYWHERE
        return Variable(value=everywhere), "a container listens on all interfaces", False
    if upper in names.fixed:
        own = example if example and is_production(example) else None
        return Variable(value=own or names.fixed[upper]), "images are built once, for production, and promoted", False
    if _OF_MODE.search(upper) and example in _MODES_OF_DEVELOPERS:
        modes = Variable(values=dict.fromkeys(ENVIRONMENTS, "production") | {"development": example})
        return modes, "the sample has the mode of developers", True
    if off := _without_debug(upper, example) or _with_fewer_words(upper, example):
        return off, "debugging is for development only", False
    if upper in names.drivers:
        return Variable(value=names.drivers[upper]), "the driver for the chosen database", False
    if word := engine_word(name, example, names, around.datastores):
        return word, "the engine of the chosen database", False
    # An address of another engine than the one that was chosen is the developers'.
    shown = (
        asked.told_to_driver
        or example
        or (asked.address if role_of_address(asked.address, around.datastores) else None)
    )
    if reference := reference_for(name, shown, names, around.datastores, around.blueprints):
        return Variable(reference=reference), of_datastore, False
    if asked.secret:
        why = "looks like a secret by its name or its example value, which is not repeated anywhere"
        return Variable(secret=True, generate=upper in names.generated), why, False
    if example is not None and not _PLACEHOLDER.match(example) and "{{resolve:" not in example:
        return _literal(example), "the value that operators use", False
    return (Variable(value="") if _is_needed(asked.mentions) else None), "no file gives a value", True


def _without_debug(name: str, example: str | None) -> Variable | None:
    """A switch such as SHOP_DEBUG, off but for developers: what an application tells then is for nobody else."""
    if not _OF_DEBUG.search(name) or example not in _SWITCHED_OFF:
        return None
    return Variable(values=dict.fromkeys(ENVIRONMENTS, _SWITCHED_OFF[example]) | {"development": example})


def _with_fewer_words(name: str, example: str | None) -> Variable | None:
    """A level of logging, for developers as their sample has it: what it tells in production is paid for, and may be private."""
    if not _OF_LOGS.search(name) or not example or not _MOST_WORDS.fullmatch(example):
        return None
    less = "INFO" if example.isupper() else "info"
    return Variable(values=dict.fromkeys(ENVIRONMENTS, less) | {"development": example})


def _is_needed(mentions: Sequence[EnvironmentVariable]) -> bool:
    """Whether the application cannot do without the variable: its code asks for it, or the sample has it without a value. Set
    and empty is another thing than unset: `"SHOP_SETTINGS" in os.environ`, `getenv("TITLE", "Shop")`."""
    read = [fact for fact in mentions if fact.origin is not Origin.README]
    told = [fact for fact in read if fact.evidence.rule != "env-file" or fact.example is not None]
    return bool(told) and all(fact.required for fact in read)


def _literal(example: str) -> Variable:
    value = "".join(character for character in example if character.isprintable())[:4096]
    if any(host.lower() not in ("localhost", "127.0.0.1", "0.0.0.0") for host in hosts_in(value)):
        return Variable(values=dict.fromkeys(ENVIRONMENTS, value))
    return Variable(value=value)
