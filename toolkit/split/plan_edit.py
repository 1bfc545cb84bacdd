"""A proposal put into the text of `replatform.yaml`; comments and what a person wrote stay."""

import io
from collections.abc import Mapping, Sequence
from copy import deepcopy

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from toolkit.plan.model import DatabaseUser
from toolkit.split.proposal import Candidate


def with_services(
    text: str, front: str, services: Sequence[Candidate], leave_out: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The plan with a service for each candidate, like `front` in all but its name, paths and priority, and what its image
    leaves out. `front` itself is left out where it is none of them."""
    yaml = _round_trip()
    tree = yaml.load(text)
    planned = tree["services"]
    place = list(planned).index(front)
    model = planned.pop(front)
    for number, one in enumerate(services):
        service = deepcopy(model)
        for key in list(service):
            _without_comment(service, key)
        service.pop("priority", None)
        service["paths"] = _in_one_line(one.paths)
        if "/*" not in one.paths:
            service.pop("root_redirect", None)
        if without := (leave_out or {}).get(one.name):
            service["leave_out"] = list(without)
        planned.insert(place + number, one.name, service)
    return _dumped(yaml, tree)


def with_database_users(text: str, users: Mapping[str, DatabaseUser]) -> str:
    """The plan with a user of the database for each of these services of it that has none yet."""
    yaml = _round_trip()
    tree = yaml.load(text)
    for name, user in users.items():
        listed = {key: _in_one_line(tables) for key, tables in user.model_dump().items() if tables}
        tree["services"][name].setdefault("database_user", listed)
    return _dumped(yaml, tree)


def _round_trip() -> YAML:
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    return yaml


def _dumped(yaml: YAML, tree: object) -> str:
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _in_one_line(items: Sequence[str]) -> CommentedSeq:
    found = CommentedSeq(items)
    found.fa.set_flow_style()
    return found


def _without_comment(service: object, key: str) -> None:
    """Comments say from which line a value was read; on a copy they would say so of what was decided here."""
    service.ca.items.pop(key, None)  # type: ignore[attr-defined]
