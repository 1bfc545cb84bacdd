"""What a regeneration would change, and what each change does when it is deployed."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolkit.artefacts.template_tree import Path, Tree, differences, is_function, parse_template, used_by
from toolkit.catalog.effects import Effect, Effects

STATE = ".replatform/"
_ENVIRONMENT = re.compile(r"(?<=/)(?:development|test|production)(?=[./])|(?<=-config)(?:\.\w+)?(?=\.json$)")
Texts = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One change in a file: `place` is a resource's property or a parameter, empty for the file as a whole; `before` and
    `after` are empty where there was or will be nothing, and count lines of a file as a whole. `effects` are the gravest
    first."""

    path: str
    place: str
    before: str
    after: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The same change in several files, those of three environments usually."""

    paths: tuple[str, ...]
    change: Change

    @property
    def where(self) -> str:
        """The file, or the files of all environments with * for the environment."""
        return self.paths[0] if len(self.paths) == 1 else _of_any_environment(self.paths[0])


def find_changes(texts: Texts, current: Mapping[str, str], effects: Effects) -> tuple[Change, ...]:
    """Changes of the files in `texts` (path to text before and after); `current` are all texts as they would be, in
    which the templates of changed parameters are looked up. What `.replatform/` holds is left out."""
    reader = _Reader(current, effects)
    return tuple(
        change for path in sorted(texts) if not path.startswith(STATE) for change in reader.changes(path, *texts[path])
    )


def by_effect(changes: Iterable[Change]) -> dict[Effect, list[Group]]:
    """Changes under their gravest effect, gravest first; what several files share stands once."""
    shared: dict[Change, list[str]] = {}
    for change in changes:
        shared.setdefault(replace(change, path=_of_any_environment(change.path)), []).append(change.path)
    groups: dict[Effect, list[Group]] = {effect: [] for effect in Effect}
    for change, paths in shared.items():
        groups[change.effects[0]].append(Group(tuple(paths), change))
    return {effect: found for effect, found in groups.items() if found}


def unified_diff(path: str, before: str, after: str) -> str:
    """The usual diff of one file, three lines of context; `/dev/null` where there is no file."""
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"a/{path}" if before else "/dev/null",
        f"b/{path}" if after else "/dev/null",
        lineterm="",
    )
    return "\n".join(lines)


class _Reader:
    def __init__(self, current: Mapping[str, str], effects: Effects) -> None:
        self.current = current
        self.effects = effects
        self.parsed: dict[str, Tree | None] = {}

    def changes(self, path: str, before: str, after: str) -> Iterator[Change]:
        if path.startswith("cloudformation/") and path.endswith(".yaml"):
            yield from self._of_template(path, before, after)
        elif path.endswith(".json") and path.startswith("cloudformation/"):
            for place, old, new in differences(_json(before), _json(after)):
                yield self._of_parameter(
                    path,
                    ".".join(place),
                    self._template_of_stack(place[0] if place else "", before, after),
                    place[1:],
                    old,
                    new,
                )
        elif path.endswith(".json") and path.startswith("services/") and before and after:
            for place, old, new in differences(_json(before), _json(after)):
                yield self._of_parameter(path, ".".join(place), self._template_of_configuration(path), place, old, new)
        else:
            yield _whole_file(path, before, after, {self.effects.of_file(path)})

    def _of_template(self, path: str, before: str, after: str) -> Iterator[Change]:
        old, new = parse_template(before), parse_template(after)
        if old and new:
            for place, was, now in differences(old, new):
                yield Change(
                    path,
                    _title(place, new, old),
                    _short(was),
                    _short(now),
                    _ordered(self._of_place(place, now, old, new)),
                )
        elif resources := (new or old or {}).get("Resources"):
            kinds = [str(resource.get("Type", "")) for resource in resources.values() if isinstance(resource, dict)]
            found = set().union(*(self.effects.of_resource(kind, gone=not new) for kind in kinds))
            summary = f"a stack of {len(kinds)} resources"
            yield Change(path, "", "" if new else summary, summary if new else "", _ordered(found))
        else:
            yield _whole_file(path, before, after, {Effect.OTHER})

    def _of_place(self, place: Path, now: Tree | None, old: Tree, new: Tree) -> set[Effect]:
        match place:
            case ("Resources", logical_id, *rest):
                kinds = {
                    str(tree["Resources"][logical_id].get("Type", ""))
                    for tree in (old, new)
                    if logical_id in tree["Resources"]
                }
                if not rest or len(kinds) > 1:
                    gone = now is None or len(kinds) > 1
                    return set().union(*(self.effects.of_resource(kind, gone=gone) for kind in kinds))
                return (
                    self.effects.of_property(kinds.pop(), _properties(tuple(rest[1:])))
                    if rest[0] == "Properties"
                    else {Effect.OTHER}
                )
            case ("Parameters", name, "Default") | ("Conditions" | "Mappings", name, *_):
                return self._of_uses(new, name) | self._of_uses(old, name) or {Effect.OTHER}
        return {Effect.OTHER}

    def _of_parameter(
        self, path: str, title: str, template: str, place: Path, old: Tree | None, new: Tree | None
    ) -> Change:
        found: set[Effect] = set()
        tree = self._parsed(template)
        match place:
            case ("Parameters", name):
                found = self._of_uses(tree, name) if tree else set()
            case () if tree:  # a whole stack
                found = set().union(
                    *(
                        self.effects.of_resource(str(r.get("Type", "")), gone=new is None)
                        for r in tree["Resources"].values()
                    )
                )
        return Change(path, title, _short(old), _short(new), _ordered(found or {Effect.OTHER}))

    def _of_uses(self, template: Tree, name: str) -> set[Effect]:
        found: set[Effect] = set()
        for logical_id, *rest in used_by(template, name):
            kind = str(template["Resources"][logical_id].get("Type", ""))
            if rest[:1] == ["Properties"] and len(rest) > 1 and rest[1] != "Tags":
                found |= self.effects.of_property(kind, _properties(tuple(rest[1:])))
            elif not rest:
                found |= self.effects.of_resource(kind, gone=False)
        return found

    def _template_of_stack(self, stack: str, before: str, after: str) -> str:
        for stacks in (_json(after), _json(before)):
            if isinstance(stacks, dict) and isinstance(stacks.get(stack), dict):
                return str(stacks[stack].get("Template", ""))
        return ""

    def _template_of_configuration(self, path: str) -> str:
        """The template that a template configuration belongs to, by the stacks of the environments."""
        for name, text in self.current.items():
            if name.startswith("cloudformation/") and name.endswith(".json"):
                for stack in (_json(text) or {}).values():
                    if isinstance(stack, dict) and stack.get("TemplateConfiguration") == path:
                        return str(stack.get("Template", ""))
        return ""

    def _parsed(self, path: str) -> Tree | None:
        if path not in self.parsed:
            tree = parse_template(self.current.get(path, ""))
            self.parsed[path] = tree if tree and isinstance(tree.get("Resources"), dict) else None
        return self.parsed[path]


def _json(text: str) -> Any:
    """JSON with every scalar as text; nothing where it is none."""
    try:
        value = json.loads(text, parse_int=str, parse_float=str) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _properties(path: Path) -> Path:
    """Names of properties alone: neither functions, nor items of lists."""
    return tuple(part for part in path if not is_function(part) and not part.startswith("["))


def _title(place: Path, *trees: Tree) -> str:
    """A place as people name it: the resource with its type, and the property."""
    match place:
        case ("Resources", logical_id, *rest):
            kind = next(
                (tree["Resources"][logical_id].get("Type", "") for tree in trees if logical_id in tree["Resources"]), ""
            )
            return " ".join(
                filter(None, (logical_id, f"({kind})", ".".join(rest[1:] if rest[:1] == ["Properties"] else rest)))
            )
    return ".".join(place)


def _short(value: Tree | None, limit: int = 100) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _whole_file(path: str, before: str, after: str, effects: set[Effect]) -> Change:
    if not before or not after:
        count = f"{len((before or after).splitlines())} lines"
        return Change(path, "", count if before else "", count if after else "", _ordered(effects))
    lines = unified_diff(path, before, after).splitlines()[2:]
    plus, minus = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    return Change(path, "", f"{minus} removed", f"{plus} lines added", _ordered(effects))


def _of_any_environment(path: str) -> str:
    return _ENVIRONMENT.sub("*", path)


def _ordered(effects: set[Effect]) -> tuple[Effect, ...]:
    known = effects - {Effect.OTHER} or {Effect.OTHER}
    return tuple(effect for effect in Effect if effect in known)
