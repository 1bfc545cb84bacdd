"""Crontab schedules as EventBridge Scheduler takes them.

Source of the target's grammar: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (2026-11-21):
six fields with a year, `?` in day of month or day of week, days of the week 1-7 from Sunday (names are used here).
"""

import re

_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIELD = re.compile(r"[0-9A-Za-z*/,\-]{1,64}")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def eventbridge_schedule(crontab: str) -> str | None:
    """`cron(30 2 * * ? *)` for `30 2 * * *`; None where the crontab's meaning has no such expression.

    That is: @reboot, both day fields restricted (cron means either, EventBridge cannot say so), and malformed fields.
    """
    fields = _NICKNAMES.get(crontab.strip().lower(), crontab).split()
    if len(fields) != 5 or not all(_FIELD.fullmatch(field) for field in fields):
        return None
    translated = [_field(field, place) for place, field in enumerate(fields)]
    if None in translated:
        return None
    minute, hour, day, month, weekday = translated
    if day != "*" and weekday != "*":
        return None
    day, weekday = ("?", weekday) if weekday != "*" else (day, "?")
    return f"cron({minute} {hour} {day} {month} {weekday} *)"


def _field(field: str, place: int) -> str | None:
    low, high = _RANGES[place]
    parts = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        if step and not (step.isdigit() and 0 < int(step) <= high):
            return None
        if span == "*":
            # `*/15` counts from the field's lowest value, which EventBridge wants to see.
            parts.append(f"{low}/{step}" if step and place < 2 else f"*/{step}" if step else "*")
            continue
        ends = [_number(end, place) for end in span.split("-")]
        if len(ends) > 2 or any(end is None or not low <= end <= high for end in ends):
            return None
        text = "-".join(_DAYS[end] if place == 4 else str(end) for end in ends if end is not None)
        parts.append(text + (f"/{step}" if step else ""))
    return ",".join(parts)


def _number(text: str, place: int) -> int | None:
    if text.isdigit():
        return int(text)
    names = _DAYS[:7] if place == 4 else _MONTHS if place == 3 else ()
    upper = text.upper()
    return names.index(upper) + (1 if place == 3 else 0) if upper in names else None
