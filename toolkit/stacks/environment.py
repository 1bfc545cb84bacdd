"""The stacks of one environment, as `cloudformation/<environment>.json` and the service configurations describe them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from toolkit.errors import BadInputError, UnknownItemError
from toolkit.stacks.template import Template, read_template

_MAXIMUM_BYTES = 4 << 20


@dataclass(frozen=True)
class Stack:
    """One stack: `part` is its key in the parameter file, `policy` its stack policy as JSON (empty for none).

    `missing`: parameters without a value here and without a default; a stack that exists keeps what it has.
    """

    part: str
    name: str
    template: Template
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    policy: str = ""

    @property
    def capabilities(self) -> tuple[str, ...]:
        return self.template.capabilities

    @property
    def exports(self) -> frozenset[str]:
        return self.template.exports(self.parameters)

    @property
    def imports(self) -> frozenset[str]:
        return self.template.imports(self.parameters)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(
            name
            for name, body in self.template.parameters.items()
            if name not in self.parameters and "Default" not in body
        )


def read_environment(
    folder: Path, environment: str, values: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Stack, ...]:
    """The stacks of an environment, exporters before importers and else in the file's order.

    `values`: part to parameter to value, over those of the files (an image, a certificate).
    Raises BadInputError for files that are not what `replatform convert` writes, and UnknownItemError for an
    environment, part or parameter that there is not.
    """
    path = f"cloudformation/{environment}.json"
    if not environment.isalnum() or not (folder / path).is_file():
        known = sorted(file.stem for file in (folder / "cloudformation").glob("*.json"))
        raise UnknownItemError(
            f"{folder} has no environment {environment!r}",
            to_do=f"choose one of: {', '.join(known)}" if known else "replatform convert SRC --out DIR writes them",
        )
    bodies = _object(folder, path)
    if unknown := set(values or ()) - set(bodies):
        raise UnknownItemError(f"no stack {', '.join(sorted(unknown))}", to_do=f"choose from: {', '.join(bodies)}")
    templates: dict[str, Template] = {}
    stacks = [
        _stack(folder, path, part, body, (values or {}).get(part, {}), templates) for part, body in bodies.items()
    ]
    return in_import_order(stacks)


def in_import_order(stacks: Iterable[Stack]) -> tuple[Stack, ...]:
    """Stacks with every exporter before its importers, else in the order given. Raises BadInputError for a circle."""
    parts = {stack.part: stack for stack in stacks}
    exporters = {name: stack.part for stack in parts.values() for name in stack.exports}
    place = {part: number for number, part in enumerate(parts)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for stack in parts.values():
        sorter.add(stack.part, *{exporters[name] for name in stack.imports if name in exporters} - {stack.part})
    try:
        sorter.prepare()
    except CycleError as error:
        raise BadInputError(f"stacks import from each other in a circle: {' > '.join(error.args[1])}") from None
    ready = sorted(sorter.get_ready(), key=place.__getitem__)
    found = []
    while ready:
        part = ready.pop(0)
        found.append(parts[part])
        sorter.done(part)
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
    return tuple(found)


def _stack(
    folder: Path,
    path: str,
    part: str,
    body: Any,
    values: Mapping[str, str],
    templates: dict[str, Template],
) -> Stack:
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("Template", "StackName")):
        raise BadInputError(f"{part} has no Template and StackName", where=path)
    file = body["Template"]
    if file not in templates:
        templates[file] = read_template(file, _text(folder, file))
    configuration = _object(folder, body["TemplateConfiguration"]) if "TemplateConfiguration" in body else body
    parameters = {**_strings(configuration, "Parameters", path), **values}
    if unknown := set(values) - set(templates[file].parameters):
        raise UnknownItemError(f"{part} has no parameter {', '.join(sorted(unknown))}", where=file)
    policy = configuration.get("StackPolicy")
    return Stack(
        part,
        body["StackName"],
        templates[file],
        parameters,
        _strings(configuration, "Tags", path),
        json.dumps(policy) if policy else "",
    )


def _strings(body: Mapping[str, Any], key: str, path: str) -> dict[str, str]:
    found = body.get(key) or {}
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise BadInputError(f"{key} must be a mapping of names to strings", where=path)
    return dict(found)


def _object(folder: Path, path: str) -> dict[str, Any]:
    try:
        found = json.loads(_text(folder, path))
    except ValueError as error:
        raise BadInputError(f"not JSON: {error}", where=path) from None
    if not isinstance(found, dict):
        raise BadInputError("not a JSON object", where=path)
    return found


def _text(folder: Path, path: str) -> str:
    """A file below the folder: never one that a path or a link leads to elsewhere."""
    file = folder / path
    inside = not PurePosixPath(path).is_absolute() and file.resolve().is_relative_to(folder.resolve())
    if not inside or not file.is_file() or file.stat().st_size > _MAXIMUM_BYTES:
        raise BadInputError("no such file in the output folder, or too large to be ours", where=path)
    return file.read_text(encoding="utf-8", errors="replace")
