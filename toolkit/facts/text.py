"""Facts as a table in plain text."""

from toolkit.facts.model import Fact, Facts
from toolkit.facts.report import FIELDS, _item


def table(facts: Facts) -> str:
    """Per kind of fact: the fact, its place, how sure it is. Then other ways of installing, and what was not understood."""
    lines: list[str] = []
    for name in FIELDS:
        rows = [
            (fact, item)
            for fact in facts.facts
            for field, item in (_item(fact),)
            if field == name and not fact.alternative
        ]
        if rows:
            lines.append(name.replace("_", " "))
            lines += [f"  {_shown(item):<60}  {fact.evidence}  {_percent(fact)}" for fact, item in rows]
    others = [fact for fact in facts.facts if fact.alternative and _item(fact)[0]]
    if others:
        lines.append("other ways of installing (not followed)")
        lines += [f"  {fact.alternative}: {_shown(_item(fact)[1]):<50}  {fact.evidence}" for fact in others]
    if facts.unread:
        lines.append("read, not understood")
        lines += [f"  {one.text:<60}  {one.evidence}" for one in facts.unread]
    lines += [str(finding) for finding in facts.findings]
    return "\n".join(lines)


def _shown(item: object) -> str:
    if isinstance(item, dict):
        return " ".join(str(value) for value in item.values() if value not in (None, False, ""))
    return str(item)


def _percent(fact: Fact) -> str:
    return f"{round(fact.confidence * 100)} %"
