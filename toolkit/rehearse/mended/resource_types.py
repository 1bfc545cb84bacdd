"""CloudFormation's resource types: what the emulator does for each, and what is a record only."""

from pathlib import Path
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]  # physical ID and attributes

HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
RECORDED = Path()


def note_record(stack: str, logical_id: str) -> None:
    with RECORDED.open("a", encoding="utf-8") as file:
        file.write(f"{stack} {logical_id}\n")


def recorded(kind: str, schema: Properties) -> dict[str, Any]:
    """Handlers of a type that nothing here can play: its properties are kept, Ref and GetAtt come from its schema."""
    required = schema.get("required") or ()
    read_only = [path.split("/properties/", 1)[1].replace("/", ".") for path in schema.get("readOnlyProperties") or ()]
    identifier = [path.rsplit("/", 1)[1] for path in schema.get("primaryIdentifier") or ()]
    _, service, resource = kind.split("::")

    between = ":" if service == "DMS" else "/"

    def arn(name: str) -> str:
        return f"arn:aws:{service.lower()}:{get_region()}:{get_account_id()}:{resource.lower()}{between}{name}"

    def attributes(name: str) -> dict[str, Any]:
        values = {"Version": "1"}
        return {
            each: values.get(each) or (arn(name) if each.lower().endswith("arn") else f"recorded-{each.lower()}")
            for each in read_only
        }

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        if missing := [name for name in required if name not in properties]:
            raise ValueError(f"{kind} lacks {', '.join(missing)}")
        note_record(stack, logical_id)
        name = str(properties.get(identifier[0] if identifier else "Name") or f"{stack}-{logical_id}")
        return (arn(name) if identifier and identifier[0].endswith("Arn") else name), attributes(name)

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        return physical_id, attributes(physical_id.removeprefix(arn("")))

    def delete(physical_id: str, properties: Properties) -> None:
        return None

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def with_schema(kind: str, schema: Properties) -> None:
    """Parameters of type Number arrive as text, and properties may be read back by GetAtt: both as the schema says."""
    own = HANDLERS[kind]
    attributes = [path.split("/properties/", 1)[1] for path in schema.get("readOnlyProperties") or ()]
    names = [name for name in [*attributes, *(schema.get("properties") or {})] if "/" not in name]

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        typed = as_typed(properties, schema, schema)
        physical_id, found = own["create"](logical_id, typed, stack)
        return physical_id, {name: typed[name] for name in names if isinstance(typed.get(name), str | int)} | (
            found or {}
        )

    changed: dict[str, Any] = {"create": create}
    if update := own.get("update"):

        def typed_update(physical_id: str, old: Properties, new: Properties, *rest: Any, **options: Any) -> Any:
            before, after = as_typed(old, schema, schema), as_typed(new, schema, schema)
            return update(physical_id, before, after, *rest, **options)

        changed["update"] = typed_update
    HANDLERS[kind] = own | changed


def as_typed(value: Any, schema: Properties, root: Properties) -> Any:
    """A value with the types of its schema. Raises ValueError for text that is no number where one is wanted."""
    for _ in range(20):  # references to references
        if "$ref" not in schema:
            break
        schema = root.get("definitions", {}).get(schema["$ref"].rsplit("/", 1)[-1], {})
    kind = schema.get("type")
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        return {name: as_typed(each, properties.get(name, {}), root) for name, each in value.items()}
    if isinstance(value, list):
        return [as_typed(each, schema.get("items") or {}, root) for each in value]
    if isinstance(value, str) and kind in ("integer", "number"):
        return int(value) if kind == "integer" else float(value)
    if isinstance(value, str) and kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
