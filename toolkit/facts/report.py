"""Facts for programs: what `replatform facts --json` prints. `text.py` words them for people."""

from collections.abc import Iterable
from typing import Any

from toolkit.facts.model import (
    Command,
    ConfigFile,
    CronJob,
    Datastore,
    EnvironmentVariable,
    Fact,
    Facts,
    PackageManager,
    Port,
    Process,
    Role,
    Runtime,
    SystemPackage,
    Unread,
)
from toolkit.findings import Evidence

ROLES = {
    "install_commands": (Role.SYSTEM_PACKAGE, Role.INSTALL),
    "build_commands": (Role.BUILD,),
    "setup_commands": (Role.RELEASE, Role.DATASTORE),
}


def facts_object(facts: Facts) -> dict[str, Any]:
    """One object with a list per kind of fact, and under `evidence` a list beside it that says where each came from.

    Facts of ways of installing that are not followed stand apart, under `alternatives`.
    """
    chosen = [fact for fact in facts.facts if not fact.alternative]
    others = [fact for fact in facts.facts if fact.alternative]
    result, evidence = _lists(chosen)
    other_lists, other_evidence = _lists(others)
    result["evidence"] = evidence
    result["alternatives"] = {**other_lists, "evidence": other_evidence}
    result["unread"] = [_unread(one) for one in facts.unread]
    result["findings"] = [
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "evidence": [str(place) for place in finding.evidence],
            "hint": finding.hint,
        }
        for finding in facts.findings
    ]
    return result


def _lines(place: Evidence) -> dict[str, Any]:
    return {"file": place.path, "first_line": place.first_line, "last_line": place.last_line}


def _lists(facts: Iterable[Fact]) -> tuple[dict[str, Any], dict[str, Any]]:
    lists: dict[str, list[Any]] = {name: [] for name in FIELDS}
    evidence: dict[str, list[Any]] = {name: [] for name in FIELDS}
    for fact in facts:
        name, item = _item(fact)
        if not name:
            continue
        place = {
            **_lines(fact.evidence),
            "rule": fact.evidence.rule,
            "confidence": round(fact.confidence, 3),
            "question": fact.is_question,
            "alternative": fact.alternative,
            "also": [_lines(other) for other in fact.also],
        }
        if item in lists[name]:
            at = lists[name].index(item)
            first, second = sorted((evidence[name][at], place), key=lambda one: -one["confidence"])
            others = (
                *first["also"],
                {key: second[key] for key in ("file", "first_line", "last_line")},
                *second["also"],
            )
            first["also"] = [one for number, one in enumerate(others) if one not in others[:number]]
            evidence[name][at] = first
            continue
        lists[name].append(item)
        evidence[name].append(place)
    return dict(lists), dict(evidence)


FIELDS = (
    "runtimes", "package_managers", "system_packages", "install_commands", "build_commands", "setup_commands",
    "start_commands", "other_commands", "ports", "env_vars", "config_files", "datastores", "services", "cron",
)  # fmt: skip


def _item(fact: Fact) -> tuple[str, Any]:
    """The field that a fact belongs to, and how it stands there; an empty field for what has none."""
    match fact:
        case Runtime():
            return "runtimes", {"name": fact.name, "version": fact.version}
        case PackageManager():
            return "package_managers", fact.name
        case SystemPackage():
            return "system_packages", fact.name
        case Command(role=Role.START):
            return "start_commands", {
                "service": fact.service or "web",
                "command": _with_environment(fact),
                "mode": str(fact.mode),
            }
        case Command(role=Role.HOST | Role.VERIFY):
            return "other_commands", {"role": str(fact.role), "command": _with_environment(fact)}
        case Command():
            for name, roles in ROLES.items():
                if fact.role in roles:
                    return name, _with_environment(fact)
        case Port():
            return "ports", fact.number
        case EnvironmentVariable():
            return "env_vars", {"name": fact.name, "secret": fact.secret, "example": fact.example}
        case ConfigFile():
            return "config_files", fact.path
        case Datastore():
            return "datastores", {"engine": fact.engine, "version": fact.version}
        case Process():
            return "services", fact.name
        case CronJob():
            return "cron", " ".join(part for part in (fact.schedule, fact.user, fact.command) if part)
    return "", None


def _with_environment(command: Command) -> str:
    """The command as one types it. READMEs' texts carry their assignments already."""
    missing = [f"{name}={value}" for name, value in command.environment if f"{name}=" not in command.text]
    return " ".join([*missing, command.text])


def _unread(one: Unread) -> dict[str, Any]:
    return {"program": one.program, "text": one.text, **_lines(one.evidence)}
