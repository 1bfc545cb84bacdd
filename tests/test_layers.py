"""Imports point one way: see the table in the design; a module with effects is imported by the commands alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# In order: a part may import itself and what stands before it.
PARTS = (
    "errors",
    "findings",
    "catalog",
    "inventory",
    "documents",
    "facts",
    "plan",
    "artefacts",
    "pages",
    "migrate",
    "split",
    "stacks",
    "check",
    "files",
    "batch",
    "live_database",
    "engine",
    "aws",
    "deploy",
    "rehearse",
    "cli",
)
# The rules for commands give roles, which are words of the facts.
ALLOWED = {("catalog", "toolkit.facts.model")}
EFFECTS = {"files", "batch", "live_database", "engine", "aws", "deploy", "rehearse"}
# A rehearsal is a deployment onto an engine; what talks to AWS does it in one way.
COMBINES = {("deploy", "aws"), ("rehearse", "aws"), ("rehearse", "deploy"), ("rehearse", "engine")}
# Slow to import, or optional: only inside the function that uses them.
HEAVY = {
    "boto3",
    "botocore",
    "cfnlint",
    "docker",
    "docutils",
    "dotenv",
    "jinja2",
    "jsonschema",
    "questionary",
    "tree_sitter",
    "tree_sitter_bash",
    "markdown_it",
    "markupsafe",
    "oracledb",
    "pg8000",
    "pymssql",
    "pymysql",
}
# Types of the catalog name what stands after them nowhere; only its loading meets the disk.
IMPURE = {
    "os.environ",
    "subprocess",
    "random",
    "time.time",
    "datetime.now",
    "socket",
    "urllib.request",
    "requests",
    "httpx",
}

MODULES = sorted((ROOT / "toolkit").rglob("*.py"))


def part_of(name: str) -> str:
    pieces = name.split(".")
    return pieces[1] if len(pieces) > 1 else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    own = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            if not name.startswith("toolkit."):
                continue
            other = part_of(name)
            if own in PARTS and other in PARTS and (own, name) not in ALLOWED:
                assert PARTS.index(other) <= PARTS.index(own), f"{own} imports {other}"
            if other in EFFECTS and own != other:
                assert own == "cli" or (own, other) in COMBINES, f"{own} imports {other}, which has effects"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        assert not {name.split(".")[0] for name in names} & HEAVY


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in MODULES
        if part_of(".".join(p.relative_to(ROOT).with_suffix("").parts))
        in ("documents", "facts", "plan", "artefacts", "pages", "migrate", "split")
    ],
    ids=str,
)
def test_the_core_is_pure(path: Path) -> None:
    """No subprocess, clock, network, environment or randomness left of the artefacts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not {name for name in imported | used if any(name == bad or name.startswith(bad + ".") for bad in IMPURE)}
