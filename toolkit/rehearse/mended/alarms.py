"""CloudWatch alarms on expressions."""

from .resource_types import HANDLERS, Made, Properties, recorded


def mend_alarms() -> None:
    """An alarm on an expression is recorded; the emulator knows alarms on one metric alone."""
    own = HANDLERS["AWS::CloudWatch::Alarm"]
    record = recorded(
        "AWS::CloudWatch::Alarm",
        {"readOnlyProperties": ["/properties/Arn"], "primaryIdentifier": ["/properties/AlarmName"]},
    )

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        made: Made = (record if properties.get("Metrics") else own)["create"](logical_id, properties, stack)
        return made

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str = "") -> Made:
        made: Made = (record if new.get("Metrics") else own)["update"](physical_id, old, new, stack, logical_id)
        return made

    def delete(physical_id: str, properties: Properties) -> None:
        (record if properties.get("Metrics") else own)["delete"](physical_id, properties)

    changed = {"create": create, "update": update, "delete": delete, "update_with_logical_id": True}
    HANDLERS["AWS::CloudWatch::Alarm"] = own | changed
