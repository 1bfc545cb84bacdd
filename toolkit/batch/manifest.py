"""What a batch converts: a manifest's list, or a folder with one repository per child."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from toolkit.catalog.load import line_of
from toolkit.errors import BadInputError
from toolkit.facts.secrets import masked
from toolkit.plan.plan_file import read_values
from toolkit.plan.platforms import Fleet

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$")]
# Neither an option of git nor a range: a branch, a tag or a commit.
Revision = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/@-]{0,199}$")]
_TO_DO = "a manifest has `repositories:`, a list of `path:` or `git:` with `revision:`, `name:` and `set:`, and may have `platform:`"


class Repository(BaseModel):
    """One repository: a folder (`path`, absolute after reading) or a git URL. `name` is its folder in the output."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Name = ""
    path: str = ""
    git: str = ""
    revision: Revision = "HEAD"
    answers: dict[str, Any] = Field({}, alias="set", description="Answers by their keys in replatform.yaml.")

    @model_validator(mode="after")
    def _has_one_source(self) -> "Repository":
        if bool(self.path) == bool(self.git):
            raise ValueError("needs either path or git")
        return self

    @property
    def source(self) -> str:
        """To be shown: without a password of the URL, and without bytes of a path that are no text."""
        return masked(f"{self.git}@{self.revision}") if self.git else os.fsencode(self.path).decode(errors="replace")


class Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    repositories: tuple[Repository, ...]
    platform: Fleet | None = Field(None, description="What the repositories' applications share; its name, or more.")

    @field_validator("platform", mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


def read_manifest(path: Path, leave_out: Path) -> Manifest:
    """Repositories in the order of their names. Paths in a manifest are relative to it; of a folder's children, hidden
    ones and `leave_out` are passed over. Raises BadInputError."""
    if path.is_dir():
        children = [
            child
            for child in sorted(path.iterdir())
            if child.is_dir() and not child.name.startswith(".") and not child.is_symlink()
        ]
        found = (Repository(path=str(child.resolve())) for child in children if child.resolve() != leave_out.resolve())
        return Manifest(repositories=_named(found))
    if not path.is_file():
        raise BadInputError(f"no such manifest or folder: {path}", to_do=_TO_DO)
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        manifest = Manifest.model_validate(read_values(text, str(path)))
    except ValidationError as error:
        first = error.errors()[0]
        where = f"{path}:{line_of(text, first['loc'])}"
        raise BadInputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", where=where, to_do=_TO_DO) from None
    found = (
        entry.model_copy(update={"path": str((path.parent / entry.path).resolve())}) if entry.path else entry
        for entry in manifest.repositories
    )
    return manifest.model_copy(update={"repositories": _named(found)})


def _named(repositories: Iterable[Repository]) -> tuple[Repository, ...]:
    """All with a name, which is unique: two would write to the same folder."""
    named: dict[str, Repository] = {}
    for entry in repositories:
        base = re.split(r"[/:@]", (entry.path or entry.git).rstrip("/"))[-1]
        name = entry.name or re.sub(r"[^A-Za-z0-9._-]", "-", base.removesuffix(".git")).lstrip(".-") or "repository"
        if name in named:
            raise BadInputError(f"two repositories are named {name!r}", to_do="give one of them another `name:`")
        named[name] = entry.model_copy(update={"name": name})
    return tuple(named[name] for name in sorted(named))


def shard(repositories: Iterable[Repository], index: int, count: int) -> tuple[Repository, ...]:
    """Part `index` (from 1) of `count`: the same on every machine, sizes differ by one at most, and repositories that
    resemble each other by name, and so perhaps in size, are spread."""
    mixed = sorted(repositories, key=lambda entry: hashlib.sha256(entry.name.encode()).digest())
    return tuple(sorted(mixed[index - 1 :: count], key=lambda entry: entry.name))
