"""Reads `blueprints/` and `cloudformation/`, from the checkout or the wheel, with a user's overlay on top."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from toolkit.errors import BlueprintError


class Entry(BaseModel):
    """A blueprint's schema: closed (a typo is an error, not a silent default) and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Files that an overlay may have beside those that it replaces.
_NEW = (
    "stacks/*/stack.yaml", "stacks/*/Dockerfile", "datastores/*.yaml", "dependencies/*-history.yaml", "dependencies/*-releases.yaml", "readme/languages/*.yaml",
    "readme/commands/*.yaml",
)  # fmt: skip

EntryType = TypeVar("EntryType", bound=Entry)
Arguments = tuple[str, ...]  # of a command, the program first


def data_folder(name: str) -> Path:
    """`blueprints` or `cloudformation`: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[1]
    checkout = package.parent / name
    return checkout if checkout.is_dir() else package / "data" / name


class BlueprintFolder:
    """`blueprints/` with overlays: a file in a later folder replaces the file of the same name in an earlier one."""

    def __init__(self, *overlays: Path) -> None:
        self.roots = (data_folder("blueprints"), *overlays)
        for overlay in overlays:
            self._check(overlay)

    def _check(self, overlay: Path) -> None:
        """Raises BlueprintError for an overlay that is not there, and for a file in it that nothing would read."""
        if not overlay.is_dir():
            raise BlueprintError(f"no such folder: {overlay}", to_do="name a folder that is laid out as blueprints/ is")
        for path in sorted(overlay.rglob("*")):
            name = path.relative_to(overlay)
            hidden = any(part.startswith(".") for part in name.parts)
            if hidden or path.suffix == ".md" or path.is_dir():
                continue
            if not (self.roots[0] / name).is_file() and not any(name.match(pattern) for pattern in _NEW):
                raise BlueprintError(
                    f"no blueprint has the name {name.as_posix()}", where=str(path),
                    to_do="call it as the file in blueprints/ that it replaces, or one of: " + ", ".join(_NEW),
                )  # fmt: skip

    def where(self, name: str) -> str:
        """A blueprint's file as people know it: below blueprints/ where it is ours, by its path where it is theirs."""
        root = next((root for root in reversed(self.roots) if (root / name).is_file()), self.roots[0])
        return f"blueprints/{name}" if root == self.roots[0] else str(root / name)

    def files(self, pattern: str) -> dict[str, Path]:
        """Relative name to file, sorted by name, overlays applied."""
        found: dict[str, Path] = {}
        for root in self.roots:
            found |= {path.relative_to(root).as_posix(): path for path in root.glob(pattern)}
        return dict(sorted(found.items()))

    def text(self, name: str) -> str:
        """The text of one blueprint file. Raises BlueprintError when no folder has it."""
        for root in reversed(self.roots):
            if (root / name).is_file():
                return (root / name).read_text(encoding="utf-8")
        raise BlueprintError(f"no blueprint named {name}")

    def entry(self, name: str, schema: type[EntryType]) -> EntryType:
        """One YAML file, validated. Raises BlueprintError with file and line."""
        return validated(self.text(name), schema, self.where(name))


def validated(text: str, schema: type[EntryType], where: str) -> EntryType:
    """YAML text as an entry of a schema; the error names the line of the first offending key."""
    try:
        return schema.model_validate(plain_yaml(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BlueprintError(f"not YAML: {error.problem}", where=f"{where}:{line}") from None
    except ValidationError as error:
        # A key that is not known explains one that is missing.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise BlueprintError(
            f"{'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}",
            where=f"{where}:{line_of(text, first['loc'])}",
        ) from None


def plain_yaml(text: str) -> Any:
    """Our own YAML as plain Python values, by libyaml, which is seven times as fast as ruamel's own parser.

    Not for files of others: libyaml overflows the stack on deep nesting.
    """
    return YAML(typ="safe").load(text)


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line of YAML text on which the key or item at a location stands; of its nearest parent if it has none."""
    node: Any = YAML(typ="rt").load(text)
    line = 0
    for key in location:
        try:
            line = node.lc.item(key)[0] if isinstance(key, int) else node.lc.key(key)[0]
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1
