"""Facts in words, for people: a kind and what is said of it; and all of them as a table in plain text."""

from collections.abc import Iterable, Sequence

from toolkit.facts.model import (
    Command,
    ConfigFile,
    CronJob,
    Datastore,
    Dependency,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Facts,
    LastChange,
    Mode,
    PackageManager,
    Placeholder,
    Port,
    Process,
    Role,
    Route,
    Runtime,
    SystemPackage,
    Unread,
    WritableFolder,
)

# What the table shows, in this order. Dependencies, entry points and routes are for the plan; routes have their own command.
KINDS = (
    "runtime", "package manager", "system package", "install command", "build command", "release command",
    "database command", "start command", "port", "variable", "secret", "config file", "datastore", "service", "cron job",
    "check", "host command",
)  # fmt: skip
_OF_ROLE = {
    Role.SYSTEM_PACKAGE: "install command",
    Role.INSTALL: "install command",
    Role.BUILD: "build command",
    Role.RELEASE: "release command",
    Role.START: "start command",
    Role.DATASTORE: "database command",
    Role.VERIFY: "check",
    Role.HOST: "host command",
    Role.UNKNOWN: "unknown command",
}


def described(fact: Fact) -> tuple[str, str]:
    """The kind of fact and what it says, without its place: ("port", "8080"). A secret shows no value."""
    match fact:
        case Runtime():
            return "runtime", f"{fact.name} {fact.version or fact.constraint}"
        case PackageManager():
            return "package manager", f"{fact.name} {fact.version or ''}"
        case SystemPackage():
            return "system package", fact.name
        case Command():
            before = command_context(fact)
            return _OF_ROLE[fact.role], f"{before}: {fact.text}" if before else fact.text
        case Port():
            return "port", str(fact.number)
        case EnvironmentVariable(secret=True):
            return "secret", fact.name
        case EnvironmentVariable():
            return "variable", fact.name if fact.example is None else f"{fact.name} = {fact.example}"
        case ConfigFile():
            return "config file", fact.path + (f" (from {fact.template})" if fact.template else "")
        case Datastore():
            return "datastore", f"{fact.engine} {fact.version or ''}"
        case Process():
            return "service", f"{fact.name} ({fact.kind})" if fact.name != str(fact.kind) else fact.name
        case CronJob():
            return "cron job", " ".join(part for part in (fact.schedule, fact.user, fact.command) if part)
        case Placeholder():
            return "placeholder", fact.text
        case WritableFolder():
            return "written folder", fact.path
        case EntryPoint():
            return fact.kind.replace("_", " "), fact.value
        case Dependency():
            return "library", f"{fact.name} {fact.version or fact.constraint}"
        case Route():
            return "route", fact.path
        case LastChange():
            return "last change", fact.day
    raise TypeError(fact)


def command_context(command: Command) -> str:
    """What a command belongs to, beside its role: the service that it starts, whether for development, the folder."""
    starts = command.role == Role.START
    return " ".join(
        part
        for part in (
            (command.service or "web") if starts else "",
            "(development)" if starts and command.mode == Mode.DEVELOPMENT else "",
            f"in {command.directory}" if command.directory else "",
        )
        if part
    )


def printable(text: str) -> str:
    """The text on one line, without what would steer a terminal: escape sequences, changes of direction."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def table(facts: Facts) -> str:
    """Per kind of fact: the fact, how sure it is, its place. Then what is not followed, and what was not understood."""
    lines: list[str] = []
    for kind in KINDS:
        rows = [fact for fact in facts.facts if not fact.alternative and described(fact)[0] == kind]
        if rows:
            lines.append(plural(kind))
            lines += [f"  {sureness(fact):>6}  {printable(described(fact)[1]):<50}  {_places(fact)}" for fact in rows]
    others = [fact for fact in facts.facts if fact.alternative and described(fact)[0] in KINDS]
    if others:
        lines.append("other ways of installing (not followed)")
        lines += [f"  {fact.alternative}: {printable(': '.join(described(fact)))}  {_places(fact)}" for fact in others]
    lines += not_understood(facts.unread)
    lines += [str(finding) for finding in facts.findings]
    return "\n".join(lines)


def plural(kind: str) -> str:
    """The name of several facts of a kind."""
    return kind.removesuffix("y") + "ies" if kind.endswith("y") else kind + "s"


def sureness(fact: Fact) -> str:
    """How often such facts are right, where anything is decided by them; with `?` where that is too seldom to rely on."""
    return f"{'? ' if fact.is_question else ''}{round(fact.confidence * 100)} %" if fact.decides else ""


def _places(fact: Fact) -> str:
    more = [str(place.first_line) if place.path == fact.evidence.path else str(place) for place in fact.also]
    return ", ".join((str(fact.evidence), *more))


def not_understood(unread: Sequence[Unread]) -> list[str]:
    """Commands without a role, by program, those with the most first: what the rules should learn next."""
    if not unread:
        return []
    lines = [f"read, not understood: {len(unread)} command{'s' * (len(unread) > 1)}"]
    for program, some in by_program(unread):
        lines.append(f"  {printable(program) or '?'}")
        lines += [f"    {one.evidence}  {printable(one.text)}" for one in some]
    return lines


def by_program(unread: Iterable[Unread]) -> list[tuple[str, list[Unread]]]:
    """What was not read, by program: the most frequent first."""
    groups: dict[str, list[Unread]] = {}
    for one in unread:
        groups.setdefault(one.program, []).append(one)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
