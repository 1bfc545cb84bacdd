"""Documents of every format: blocks with their exact lines."""

import pytest

from toolkit import documents
from toolkit.documents.model import Block, Document, Kind, MarkKind
from toolkit.inventory.source_tree import SourceFile, decode

MARKDOWN = """\
# Shop

Run `npm install`, see [the
guide](docs/guide.md).

1. First:

   ```sh
   npm start
   ```

2. Second
   - nested `x`

| Name | Value |
|------|-------|
| A    | `1`   |

    indented --code

<h2>Raw</h2>
"""
RST = """\
Shop
====

Run ``npm install``, see `the guide <docs/guide.rst>`_.

1. First::

     npm start

2. Second

   - nested ``x``

====  =====
Name  Value
====  =====
A     1
====  =====

.. code-block:: sh

   npm run build

Raw
---
"""
ADOC = """\
= Shop

Run `npm install`, see link:docs/guide.adoc[the guide].

. First:
+
[source,sh]
----
npm start
----

. Second
** nested `x`

|===
|Name |Value

|A |1
|===

== Raw
"""
TEXT = """\
SHOP
====

Run it.

  1. First:

        npm start --now

  2. Second

RAW

- an item
"""

LITTLE_WORDS = {"a", "and", "is", "it", "of", "on", "the", "this", "to", "you"}


def parsed(name: str, text: str) -> Document:
    return documents.parse(SourceFile(name, text), LITTLE_WORDS)


def of(document: Document, kind: Kind) -> list[Block]:
    return [block for block in document.blocks if block.kind == kind]


@pytest.mark.parametrize(("name", "text"), [("a.md", MARKDOWN), ("a.rst", RST), ("a.adoc", ADOC), ("a.txt", TEXT)])
def test_lines_are_those_of_the_file(name: str, text: str) -> None:
    lines = text.split("\n")
    document = parsed(name, text)
    assert [block.text for block in of(document, Kind.HEADING)][-1].lower() == "raw"
    for block in document.blocks:
        first = block.text.split("\n")[0].split(" ")[0].strip("|")
        assert first in lines[block.first_line - 1]
        assert 1 <= block.first_line <= block.last_line <= len(lines)


@pytest.mark.parametrize(("name", "text"), [("a.md", MARKDOWN), ("a.rst", RST), ("a.adoc", ADOC)])
def test_formats_say_the_same(name: str, text: str) -> None:
    document = parsed(name, text)
    codes = [(block.text, block.language) for block in of(document, Kind.CODE)]
    assert ("npm start", "sh") in codes or ("npm start", "") in codes
    table = of(document, Kind.TABLE)[0]
    assert [row.cells for row in table.rows] == [("Name", "Value"), ("A", "1")]
    assert text.split("\n")[table.rows[1].line - 1].strip("| ").startswith("A")
    assert document.links == (f"docs/guide.{name[2:]}",)
    marks = [code for block in document.blocks for _, code in block.marked(MarkKind.CODE)]
    assert marks == ["npm install", "x"]
    nested = next(block for block in document.blocks if block.text == "nested x")
    assert nested.item == (2, 1)


def test_sections_lead_from_the_outermost_heading() -> None:
    document = parsed("a.md", "intro\n\n# A\n\n## B\n\ntext\n\n# C\n\nmore")
    assert [section.headings for section in document.sections] == [(), ("A",), ("A", "B"), ("C",)]
    assert document.sections[2].blocks[0].text == "text"


@pytest.mark.parametrize(
    ("text", "plain", "marked"),
    [
        ("a `b` c", "a b c", ["b"]),
        ("``a ` b``", "a ` b", ["a ` b"]),
        ("un`closed", "un`closed", []),
        ("**bold** and *em* and snake_case_name", "bold and em and snake_case_name", []),
        ("[![badge](x.svg)](y)text", "text", []),
        ("keep <your-domain> but <b>not</b> this", "keep <your-domain> but not this", []),
        ("<code>x</code> &amp; y", "x & y", ["x"]),
        ("* * * * * php artisan", "* * * * * php artisan", []),
        ("C:\\Program Files\\x", "C:\\Program Files\\x", []),
    ],
)
def test_inline_markdown(text: str, plain: str, marked: list[str]) -> None:
    block = parsed("a.md", text).blocks[0]
    assert block.text == plain
    assert [code for _, code in block.marked(MarkKind.CODE)] == marked


def test_a_list_that_was_indented_by_taste_is_a_list() -> None:
    blocks = parsed("a.md", "# A\n\n\t1. Run `npm install`\n\t2. Done\n").blocks
    assert [block.kind for block in blocks] == [Kind.HEADING, Kind.PARAGRAPH, Kind.PARAGRAPH]
    assert [block.first_line for block in blocks] == [1, 3, 4]


def test_front_matter_and_comments_are_passed_over() -> None:
    document = parsed("a.md", "---\ntitle: x\n---\n\n<!-- secret\nplan -->\n\ntext\n")
    assert [block.text.strip() for block in document.blocks] == ["text"]


def test_old_encodings_and_line_ends() -> None:
    assert decode("Instalación\r\n\r\nfin".encode("cp1252")) == "Instalación\n\nfin"
    assert decode(b"\xef\xbb\xbf# A\r") == "# A\n"
    assert decode("# Año".encode("utf-16")) == "# Año"


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert parsed("a.md", "a\n" * 20_000).cut
    assert parsed("a.txt", "a" * 5_000).cut
    assert not parsed("a.md", "a\n").cut


def test_markdown_without_an_ending_is_recognised() -> None:
    assert parsed("README", "# A\n\n## B\n\n```\nx\n```\n").format == "md"
    assert parsed("README", "A\n=\n\n.. note:: x\n\nrun::\n\n  y\n").format == "rst"
    assert parsed("README", "A\n\nplain").format == "txt"


ORG = """\
#+TITLE: Shop
* Installation
  Run =npm install=, see [[file:guide.org][the guide]].
** Start
   #+BEGIN_SRC sh
   # the server
   npm start
   #+END_SRC
# nobody reads this
   - nested ~x~
"""


def test_org_is_read_as_markdown_on_the_same_lines() -> None:
    document = documents.parse(SourceFile("README.org", ORG), frozenset())
    headings = [section.headings[-1] for section in document.sections if section.headings]
    assert document.format == "org" and headings == ["Shop", "Installation", "Start"]
    code = next(block for block in document.blocks if block.kind == Kind.CODE)
    assert (code.text, code.first_line, code.last_line) == ("# the server\nnpm start", 6, 7)
    assert "nobody" not in str(document.blocks)
