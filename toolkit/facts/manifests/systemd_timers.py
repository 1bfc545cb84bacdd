"""systemd timers: the unit that one starts is a job on a timetable, and no process that goes on.

https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html and systemd.time.html (2026-11-22)
"""

import posixpath
import re
from collections.abc import Iterable, Iterator

from toolkit.facts.manifests.command_line import read_job
from toolkit.facts.manifests.formats import ini_entries
from toolkit.facts.manifests.systemd_unit import PREFIXES
from toolkit.facts.model import Command, CronJob, Fact, Process
from toolkit.facts.places import Places
from toolkit.inventory.source_tree import SourceFile, SourceTree

FILES = ("*.timer",)
RULE = "systemd-timer"
_MOST = 100
_SHORT = {
    "minutely": "* * * * *",
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 1",
    "monthly": "0 0 1 * *",
    "quarterly": "0 0 1 1,4,7,10 *",
    "semiannually": "0 0 1 1,7 *",
    "yearly": "0 0 1 1 *",
    "annually": "0 0 1 1 *",
}
_PART = r"(?:\*|\d{1,2})(?:/\d{1,2})?(?:,\d{1,2}){0,30}|\d{1,2}\.\.\d{1,2}"
_CALENDAR = re.compile(
    rf"(?:(?P<days>(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}}(?:\.\.|,|-)?){{1,7}})\s{{1,9}})?"
    rf"(?:(?:\*|\d{{4}})-(?P<month>{_PART})-(?P<day>{_PART})(?:\s{{1,9}}|$))?(?:(?P<hour>{_PART}):(?P<minute>{_PART})(?::\d{{1,2}}(?:\.\d{{1,6}})?)?)?"
)
_EVERY = re.compile(r"(\d{1,4})\s{0,3}(m|min|minutes?|h|hr|hours?|d|days?)")


def with_jobs(tree: SourceTree, places: Places, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, with what units told of a process replaced by a job where a timer starts the unit."""
    facts = list(facts)
    jobs: list[CronJob] = []
    started: set[str] = set()
    for path in list(tree.matching(*FILES))[:_MOST]:
        timer = tree.read(path)
        entries = [entry for entry in ini_entries(timer) if entry.section == "Timer"] if timer else []
        named = next((entry.value for entry in entries if entry.key == "Unit"), "")
        unit = tree.read(posixpath.join(posixpath.dirname(path), named or posixpath.basename(path)[:-6] + ".service"))
        for entry in entries if timer and unit else ():
            if timer and unit and entry.key in ("OnCalendar", "OnUnitActiveSec"):
                schedule = _schedule(entry.value.strip(), entry.key)
                jobs += _jobs(unit, schedule, timer, entry.line, places.home(path))
                started.add(unit.path)
    for fact in facts:
        if fact.evidence.path not in started or not isinstance(fact, Process | Command):
            yield fact
    yield from jobs


def _jobs(unit: SourceFile, schedule: str, timer: SourceFile, line: int, home: str) -> Iterator[CronJob]:
    entries = [entry for entry in ini_entries(unit, backslash=True) if entry.section == "Service"]
    user = next((entry.value for entry in entries if entry.key == "User"), "")
    for entry in entries:
        if entry.key == "ExecStart" and entry.value:
            text = PREFIXES.sub("", entry.value)
            yield read_job(schedule, text, timer.at(line, rule=RULE), user=user, directory=home)


def _schedule(text: str, key: str) -> str:
    """As a crontab's line has it; what a crontab cannot say stays as it is written."""
    if key == "OnUnitActiveSec":
        return _interval(text)
    plain = re.sub(r"\s+(?:UTC|[A-Z][A-Za-z]+/[A-Za-z_]+)$", "", text)
    if short := _SHORT.get(plain.lower()):
        return short
    match = _CALENDAR.fullmatch(plain)
    if not match or not plain or not (match["day"] or match["hour"]):
        return text
    fields = [match["minute"] or "0", match["hour"] or "0", match["day"] or "*", match["month"] or "*"]
    days = (match["days"] or "*").rstrip(".,-").replace("..", "-")
    return " ".join([*map(_field, fields, ("59", "23", "31", "12")), re.sub(r"([A-Z][a-z]{2})[a-z]*", r"\1", days)])


def _field(part: str, last: str) -> str:
    """`0/15` counts from a start, which a crontab writes as a range: `0-59/15`."""
    start, slash, step = part.replace("..", "-").partition("/")
    start = "*" if start == "*" else "-".join(str(int(n)) for n in start.split("-")) if "," not in start else start
    return f"{start}-{last}/{step}" if slash and start != "*" else f"{start}{slash}{step}"


def _interval(text: str) -> str:
    match = _EVERY.fullmatch(text)
    number, unit = (int(match[1]), match[2][0]) if match else (0, "")
    if unit == "m" and number and 60 % number == 0:
        return f"*/{number} * * * *" if number > 1 else "* * * * *"
    if unit == "h" and number and 24 % number == 0:
        return f"0 */{number} * * *" if number > 1 else "0 * * * *"
    return "0 0 * * *" if unit == "d" and number == 1 else text
