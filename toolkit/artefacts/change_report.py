"""Changes as text for a terminal, and as Markdown for a review comment: short first, details folded."""

import html
from collections.abc import Iterator, Sequence

from toolkit.artefacts.changes import STATE, Change, Group, Texts, by_effect, unified_diff
from toolkit.artefacts.markdown import code, table, text
from toolkit.catalog.effects import Effect

TITLES = {
    Effect.REPLACEMENT: "Replaces or removes a resource",
    Effect.DATA: "Data",
    Effect.IAM: "Permissions (IAM)",
    Effect.NETWORK: "Network exposure",
    Effect.COST: "Cost",
    Effect.IMAGE: "Images and builds",
    Effect.CONFIGURATION: "Configuration",
    Effect.OTHER: "Other",
}
# What GitHub takes in one comment is 65,536 characters: https://github.com/orgs/community/discussions/27190 (2026-11-21).
MAXIMUM_CHARACTERS = 60_000
_SHOWN = 8


def render_text(changes: Sequence[Change]) -> str:
    """Changes under the titles of their gravest effect, with their other effects behind them."""
    if not changes:
        return "nothing would change"
    lines: list[str] = []
    for effect, found in by_effect(changes).items():
        lines.append(f"{TITLES[effect]} ({len(found)})")
        lines += [f"  {_plain(group)}" for group in found]
    return "\n".join(lines)


def render_markdown(changes: Sequence[Change], texts: Texts) -> str:
    """A review comment of at most 60,000 characters: counts, the gravest changes of each kind, and folded diffs."""
    if not changes:
        return "### replatform: nothing would change\n"
    groups = by_effect(changes)
    files = len({change.path for change in changes})
    head = [f"### replatform: {len(changes)} change(s) in {files} file(s)", ""]
    head += table(("Effect", "Changes"), [(TITLES[effect], str(len(found))) for effect, found in groups.items()])
    for effect, found in groups.items():
        head += ["", f"**{TITLES[effect]}**", "", *(f"- {_markdown(group)}" for group in found[:_SHOWN])]
        if len(found) > _SHOWN:
            head.append(f"- and {len(found) - _SHOWN} more, see the diffs")
    parts = ["\n".join(head) + "\n"]
    length = len(parts[0])
    left_out = 0
    for part in _folded(texts):
        if length + len(part) > MAXIMUM_CHARACTERS:
            left_out += 1
        else:
            parts.append(part)
            length += len(part)
    if left_out:
        parts.append(f"\nDiffs of {left_out} file(s) are left out here; `replatform diff` shows them.\n")
    return "".join(parts)


def _folded(texts: Texts) -> Iterator[str]:
    for path, (before, after) in texts.items():
        if not path.startswith(STATE):
            diff = unified_diff(path, before, after)
            fence = "```"
            while fence in diff:
                fence += "`"
            yield f"\n<details><summary>{html.escape(path)}</summary>\n\n{fence}diff\n{diff}\n{fence}\n\n</details>\n"


def _plain(group: Group) -> str:
    change = group.change
    return f"{group.where}: {change.place and change.place + ': '}{_what(change, change.before, change.after)}"


def _markdown(group: Group) -> str:
    change = group.change
    where = code(group.where) + (f" {text(change.place)}:" if change.place else ":")
    return f"{where} {_what(change, code(change.before), code(change.after))}"


def _what(change: Change, before: str, after: str) -> str:
    also = (
        f" (also: {', '.join(TITLES[effect].lower() for effect in change.effects[1:])})" if change.effects[1:] else ""
    )
    if not before or not after:
        return f"{'new' if after else 'gone'}, {after or before}{also}"
    return (f"{before} → {after}" if change.place else f"{change.after}, {change.before}") + also
