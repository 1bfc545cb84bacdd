"""Which documents of a tree are read, and in which order."""

from pathlib import Path

from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.readme_rules import load
from toolkit.facts.readme.sources import ordered_paths, read_documents
from toolkit.inventory.source_tree import SourceTree


def tree_of(folder: Path, *paths: str) -> SourceTree:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"# {path}\n", encoding="utf-8")
    return SourceTree.open(folder)


def test_readmes_then_guides_then_those_under_docs_then_chapters(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path, "README.md", "INSTALL.md", "CHANGELOG.md", "api/README.rst", "docs/deployment.md", "docs/design.md",
        "docs/installation/1-database.md", "docs/installation/2-application.md", "docs/installation/docker.md",
        "docs/installation/picture.png", "docs/configuration/required.md", "src/installation/texts.md", "tests/README.md",
        "LEIAME.md",
    )  # fmt: skip
    assert ordered_paths(tree, load(BlueprintFolder())) == [
        "LEIAME.md", "README.md", "INSTALL.md", "api/README.rst", "docs/deployment.md", "docs/installation/1-database.md",
        "docs/installation/2-application.md",
    ]  # fmt: skip


def test_what_a_readme_links_to_comes_last(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "README.md", "docs/production.md", "docs/server.md", "docs/outside.md", "SELF-HOSTED.md")
    (tmp_path / "README.md").write_text(
        "See [the server](docs/server.md), [us](https://example.org/docs/outside.md) and"
        " [hosting](https://github.com/shop/shop/blob/main/SELF-HOSTED.md#linux).\n"
    )
    paths = [document.path for document in read_documents(tree, load(BlueprintFolder()))]
    assert paths == ["README.md", "docs/production.md", "docs/server.md", "SELF-HOSTED.md"]


def test_developers_guide_where_no_document_shows_a_command(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "README.md", "CONTRIBUTING.md")
    rules = load(BlueprintFolder())
    assert [document.path for document in read_documents(tree, rules)] == ["README.md", "CONTRIBUTING.md"]
    (tmp_path / "README.md").write_text("# Shop\n\n    make run\n")
    assert [document.path for document in read_documents(SourceTree.open(tmp_path), rules)] == ["README.md"]


def test_what_is_told_about_images_of_the_authors_is_left_out(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "README.md", "docker/README.md", "docs/docker.md", "docs/dockyard.md")
    (tmp_path / "README.md").write_text("See [docker](docs/docker.md) and [the yard](docs/dockyard.md).\n")
    paths = [document.path for document in read_documents(tree, load(BlueprintFolder()))]
    assert paths == ["README.md", "docs/dockyard.md"]
