"""Documents: README text of any format to one `Document` (model.py)."""

from collections.abc import Set

from toolkit.documents.model import Document
from toolkit.inventory.source_tree import SourceFile

FORMATS = {
    "md": "markdown", "markdown": "markdown", "mdown": "markdown", "mkd": "markdown", "mdx": "markdown",
    "rst": "restructuredtext", "rest": "restructuredtext",
    "adoc": "asciidoc", "asciidoc": "asciidoc", "asc": "asciidoc", "org": "org_mode",
}  # fmt: skip


def parse(file: SourceFile, little_words: Set[str]) -> Document:
    """A README of any format as a document, by its name and, where that says nothing, by its look.

    `little_words` are the commonest words of the languages (`ReadmeRules.little_words`): where nothing marks code, they tell
    sentences from it.
    """
    from importlib import import_module

    extension = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    format_name = FORMATS.get(extension) or _by_look(file)
    if format_name == "plain_text":
        from toolkit.documents import plain_text

        return plain_text.parse(file, little_words)
    document: Document = import_module(f"toolkit.documents.{format_name}").parse(file)
    return document


def _by_look(file: SourceFile) -> str:
    """A file named README or README.txt may well be Markdown."""
    head = file.text[:20_000]
    if "\n```" in head or "\n## " in head or (head.startswith("# ") and "](" in head):
        return "markdown"
    if "\n.. code" in head or ("::\n\n" in head and "\n.. " in head):
        return "restructuredtext"
    return "plain_text"
