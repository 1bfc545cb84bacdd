"""Org mode, as Emacs writes it: headings, blocks, code in sentences and links are read as Markdown's, on the same lines.

https://orgmode.org/manual/Markup-for-Rich-Contents.html (reviewed 2026-11-22)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.documents import markdown
from toolkit.documents.model import Document
from toolkit.inventory.source_tree import SourceFile

HEADING = re.compile(r"(\*{1,6})[ \t]{1,20}(.*)")
BEGINS = re.compile(r"([ \t]{0,40})#\+begin_(?:src|example)\b[ \t]{0,9}([\w+-]{0,40})", re.IGNORECASE)
ENDS = re.compile(r"[ \t]{0,40}#\+end_(?:src|example)\b", re.IGNORECASE)
TITLE = re.compile(r"[ \t]{0,40}#\+title:[ \t]{0,20}(.*)", re.IGNORECASE)
NOTE = re.compile(r"[ \t]{0,40}#(?:\+|[ \t]|$)")
CODE = re.compile(r"(?<![\w=~])([=~])(\S(?:[^\n=~]{0,200}\S)?)\1(?![\w=~])")
LINK = re.compile(r"\[\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{1,300})\])?\]")


def parse(file: SourceFile) -> Document:
    """An Org file as a document."""
    as_markdown = replace(file, text="\n".join(_lines(file.text.split("\n"))))
    return replace(markdown.parse(as_markdown), format="org")


def _lines(lines: Sequence[str]) -> Iterator[str]:
    indent: str | None = None  # of the block that is open
    for line in lines:
        if indent is not None:
            if ENDS.match(line):
                indent = None
                yield "```"
            else:
                yield line.removeprefix(indent)
        elif begins := BEGINS.match(line):
            indent = begins[1]
            yield f"```{begins[2]}"
        elif heading := HEADING.match(line):
            yield f"{'#' * len(heading[1])} {heading[2]}"
        elif title := TITLE.match(line):
            yield f"# {title[1]}"
        elif NOTE.match(line):
            yield ""
        else:
            yield LINK.sub(lambda link: f"[{link[2] or link[1]}]({link[1]})", CODE.sub(r"`\2`", line.strip()))
