"""What an installation runs or reads of the source: then there is no layer of dependencies before it."""

import re
from collections.abc import Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.npm_scripts import scripts_in
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below, find
from toolkit.plan.applications.workspaces import members

_FROM_SOURCE = re.compile(r"^\s*(?:-e\s|--editable[\s=]|\.{1,2}/|\.\s*$|\.\[|file:)")
# Scripts that npm and its like run during an install; those that only serve the developers leave nothing to wait for.
LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
_HARMLESS = re.compile(
    r"husky|opencollective|is-ci|only-allow|npx -y|simple-git-hooks|lefthook|^(?:exit 0|true|echo\b.*)$"
)
_LIFECYCLE_SCRIPT = re.compile(rf'"({"|".join(LIFECYCLE)})"\s{{0,20}}:\s{{0,20}}"([^"\n]{{1,1000}})"')
_PACKAGE_OF_SOURCE = re.compile(r'"(?:file|link|patch|portal):|"patchedDependencies"')
# A Gemfile is a program: it may name gems of the source, or load code of the source to say which gems there are.
_GEM_OF_SOURCE = re.compile(
    r"^[^#\n]{0,200}?(?:\bpath:|:path\s{0,5}=>|\bpath\s[^\n]{0,80}\bdo\b|\b(?:instance_)?eval(?:_gemfile\b|[\s(])|^\s*gemspec\b"
    r"|\brequire_relative\b|\brequire\b[^\n]{0,80}__(?:FILE|dir)__|\bDir(?:\.glob\b|\[))",
    re.MULTILINE,
)
_LOCAL_MODULE = re.compile(r"=>\s{1,20}\.{1,2}/")


def needs_source(folder: Folder, manifest: str, lists: Sequence[str], tree: SourceTree, stack: Stack) -> str:
    """Why the dependencies cannot be installed before the source is there, or nothing."""
    if stack.language == "python":
        for path in lists:
            file = tree.read(below(folder, path))
            if file and path.endswith((".txt", ".in")) and any(_FROM_SOURCE.match(line) for line in file.lines):
                return f"{path} installs from the source tree"
    if stack.language == "node":
        if script := own_script(folder):
            return f"the install runs the script {script}"
        for directory in ("", *members(folder)):
            package = tree.read(below(folder, f"{directory}/package.json".lstrip("/")))
            if package and _PACKAGE_OF_SOURCE.search(package.text):
                return "dependencies are packages of the source tree"
            for match in _LIFECYCLE_SCRIPT.finditer(package.text) if package and directory else ():
                if not _HARMLESS.search(match[2]):
                    return f"the install runs the script {match[1]} of {directory}"
    if stack.language == "ruby":
        gems = tree.read(below(folder, lists[0])) if lists else None
        if gems and _GEM_OF_SOURCE.search(gems.text):
            return "the Gemfile reads files of the source tree, or installs gems from it"
    if stack.language == "go":
        module = tree.read(below(folder, manifest))
        if find(folder, "go.work") or (module and _LOCAL_MODULE.search(module.text)):
            return "dependencies are modules of the source tree"
    return ""


def own_script(folder: Folder) -> str:
    """The first script of the application's own that an install runs, and that does something for it."""
    scripts = (p for p in folder.points("npm_script") if p.value in LIFECYCLE)
    return next((point.value for point in scripts if not _HARMLESS.search(point.detail)), "")


def runs_scripts(folder: Folder) -> bool:
    """Whether an install runs scripts of the application's own, which may call what is for development alone."""
    return bool(members(folder)) or not set(LIFECYCLE).isdisjoint(scripts_in(folder.facts))
