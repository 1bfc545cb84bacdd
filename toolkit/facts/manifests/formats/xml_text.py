"""XML, without entities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from toolkit.facts.manifests.formats.tree import MAXIMUM_DEPTH, MAXIMUM_NODES, Malformed
from toolkit.inventory.source_tree import SourceFile


@dataclass
class Element:
    """An XML element: its name without namespace, text, attributes (also without namespace) and children."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, *path: str) -> Iterator["Element"]:
        """Elements at a path below this one."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> "Element | None":
        """The first element below a path of names, None where there is none."""
        return next(self.all(*path), None)

    def value(self, *path: str) -> str:
        """The text of the first element at a path, empty when there is none."""
        element = self.first(*path)
        return element.text.strip() if element else ""

    def everything(self) -> Iterator["Element"]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def xml_root(file: SourceFile) -> Element:
    """The root element. A document that declares entities is refused: XML bombs and file reads are made of them."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root: list[Element] = []
    stack: list[Element] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) >= MAXIMUM_DEPTH or count > MAXIMUM_NODES:
            raise Malformed("XML nested too deep or too large", parser.CurrentLineNumber)
        element = Element(
            name.rpartition(":")[2],
            parser.CurrentLineNumber,
            {key.rpartition(":")[2]: value for key, value in attributes.items()},
        )
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        if stack:
            stack[-1].text += text

    def entity(*_arguments: object) -> None:
        raise Malformed("XML that declares entities is not read", parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(file.text.lstrip("\ufeff \n\t"), True)
    except expat.ExpatError as error:
        raise Malformed(f"not XML: {expat.errors.messages[error.code]}", error.lineno) from None
    return root[0]
