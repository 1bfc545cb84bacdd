"""pnpm-workspace.yaml: the folders of a workspace. https://pnpm.io/pnpm-workspace_yaml"""

from collections.abc import Iterator

from toolkit.facts.manifests.formats import yaml_tree
from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.inventory.source_tree import SourceFile

FILES = ("pnpm-workspace.yaml",)


def read(file: SourceFile) -> Iterator[Fact]:
    tree = yaml_tree(file)
    folders = tree.get("packages")
    for number, folder in enumerate(folders if isinstance(folders, list) else []):
        if isinstance(folder, str) and folder.isprintable():
            place = file.at(tree.line("packages", number), rule="pnpm-workspace")
            value = folder.removeprefix("./").strip("/")[:200]
            yield EntryPoint(kind="module", value=value, evidence=place, origin=Origin.RUNNING)
