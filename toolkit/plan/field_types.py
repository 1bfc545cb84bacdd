"""What fields of the plan may hold: names, paths, patterns of listener rules, text that cannot break out of its line."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from toolkit.inventory.paths import leaves


def _inside(path: str) -> str:
    """A path that stays below the folder it is relative to."""
    if leaves(path):
        raise ValueError("must be a path below the source folder, without '..'")
    return path


def _near(path: str) -> str:
    return "../" + _inside(path.removeprefix("../")) if path.startswith("../") else _inside(path)


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
# One printable line: nothing in it can start a new line in a Dockerfile, an .env file or YAML.
OneLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\u0085\u2028\u2029]*$", max_length=4096)]
RelativePath = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\\]*$", max_length=512), AfterValidator(_inside)
]
# The same, or a path in a folder beside the one that it is relative to: ../client/build
PathNear = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\\]*$", max_length=512), AfterValidator(_near)]
# A path without wildcards, of characters that mean nothing to the load balancer, nginx or a regular expression.
LiteralPath = Annotated[str, StringConstraints(pattern=r"^((/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?)?$", max_length=128)]
# The same without dots: it stands in a regular expression of the load balancer.
LiteralPrefix = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_~-]+)*$", max_length=100)]
PathPattern = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_\-.$/~\"'@:+&*?]{0,127}$")]
# As a listener rule takes it; `{domain}` at its end stands for the environment's domain.
HostName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(([A-Za-z0-9*?-][A-Za-z0-9.*?-]*\.)?\{domain\}|[A-Za-z0-9*?-][A-Za-z0-9.*?-]*\.[A-Za-z]{2,})$",
        max_length=128,
    ),
]
DomainName = Annotated[
    str, StringConstraints(pattern=r"^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})?$", max_length=90)
]
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-request-method-conditions
Method = Annotated[str, StringConstraints(pattern=r"^[A-Z_-]{1,40}$")]
Arguments = tuple[OneLine, ...]
# Without its schema; `*` stands for all tables.
TableName = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z_][A-Za-z0-9_$#]{0,127})$")]


class Section(BaseModel):
    """Closed and frozen: an unknown key is an error, and nothing changes after planning."""

    model_config = ConfigDict(extra="forbid", frozen=True)
