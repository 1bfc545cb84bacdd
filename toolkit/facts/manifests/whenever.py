"""config/schedule.rb of the gem Whenever, from which it writes a crontab: https://github.com/javan/whenever, reviewed 2026-11-21."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.command_line import plain_words
from toolkit.facts.model import CronJob, Fact, Origin
from toolkit.facts.secrets import MASK, masked
from toolkit.inventory.source_tree import SourceFile

FILES = ("schedule.rb",)

RULE = "whenever"
EVERY = re.compile(
    r"\s{0,40}every[ (]\s{0,9}(?P<period>:\w{2,12}|['\"][^'\"]{5,60}['\"]|\d{1,4}\.\w{3,9})(?P<rest>[^#\n]{0,300}?)\)?\s{0,9}do\b"
)
AT = re.compile(
    r"\bat:\s{0,9}(?P<times>%w\[[^\]]{1,120}\]|\[[^\]]{1,120}\]|['\"][^'\"]{1,20}['\"])|:at\s{0,9}=>\s{0,9}(?P<old>\[[^\]]{1,120}\]|['\"][^'\"]{1,20}['\"])"
)
TIME = re.compile(r"(?i)(\d{1,2})(?::(\d{2}))?\s{0,2}(am|pm)?")
JOB = re.compile(r"\s{0,40}(rake|runner|command|script)[ (]\s{0,9}(?:'([^'\n]{1,500})'|\"([^\"\n]{1,500})\")")
# Jobs as the gem runs them, in the application's folder and its environment of production.
RUNS = {
    "rake": "bundle exec rake {}",
    "runner": "bundle exec rails runner '{}'",
    "script": "bundle exec script/{}",
    "command": "{}",
}
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
ON = {"day": "* * *", "weekday": "* * 1-5", "weekend": "* * 0,6", "week": "* * 0", "month": "1 * *", "year": "1 1 *"}
NAMED = {"minute": (1, "minute"), "hour": (1, "hour"), **{name: (1, name) for name in ON}}  # fmt: skip


def read(file: SourceFile) -> Iterator[Fact]:
    schedules: list[str] = []
    for number, line in enumerate(file.lines, start=1):
        if match := EVERY.match(line[:1000]):
            schedules = list(_schedules(match["period"], match["rest"]))
        elif line.strip() == "end":
            schedules = []
        elif schedules and (job := JOB.match(line[:1000])):
            text = masked(RUNS[job[1]].format(job[2] or job[3]))
            for schedule in schedules:
                yield CronJob(
                    schedule=schedule,
                    command=text,
                    argv=() if MASK in text else plain_words(text),
                    evidence=file.at(number, rule=RULE),
                    origin=Origin.RUNNING,
                )


def _schedules(period: str, rest: str) -> Iterator[str]:
    """The crontab's five fields for a period and each of its times; none where they are not understood."""
    if period[0] in "'\"":
        yield " ".join(period[1:-1].split())
        return
    number, name = (
        NAMED.get(period[1:], (1, period[1:]))
        if period[0] == ":"
        else (int(period.split(".")[0]), period.split(".")[1].rstrip("s"))
    )
    found = AT.search(rest)
    times = TIME.findall(found["times"] or found["old"] or "") if found else []
    if name in ("minute", "hour"):
        if number > (59 if name == "minute" else 23):
            return
        step = "*" if number == 1 else f"*/{number}"
        yield (
            f"{step} * * * *" if name == "minute" else f"{int(times[0][1] or times[0][0]) if times else 0} {step} * * *"
        )
        return
    days = (
        f"* * {DAYS.index(name)}"
        if name in DAYS
        else ON.get(name, "")
        if number == 1
        else f"*/{number} * *"
        if name == "day"
        else ""
    )
    for hour, minute, half in times or [("0", "0", "")] if days else ():
        clock = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
        if clock < 24:
            yield f"{int(minute or 0)} {clock} {days}"
