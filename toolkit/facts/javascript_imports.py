"""What code in JavaScript and TypeScript loads."""

import re
from collections.abc import Iterator

# The first alternative passes over `import type { Request } from "express"`, which is gone once it is compiled.
_LOADS = re.compile(
    r"\bimport\s+type\b[^;'\"]{0,2000}['\"]"
    r"|(?:\brequire\(|\bimport\(|\bfrom|\bimport)\s{0,20}['\"](?P<name>[\w@./:-]{1,150})['\"]"
)


def loaded(text: str) -> Iterator[tuple[str, int]]:
    """Names of modules and paths of files, as they are written, with where in the text: `require("pg")`,
    `import { Pool } from "pg"`, `import("./shop.js")`."""
    yield from ((match["name"], match.start()) for match in _LOADS.finditer(text) if match["name"])


def package_of(name: str) -> str:
    """The package that a module belongs to: `@scope/name` of `@scope/name/part`."""
    return "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
