"""Facts of READMEs and installation guides, read by rules: `blueprints/readme/` holds what they know of language."""

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Document
from toolkit.facts.makefile import makefiles_of
from toolkit.facts.model import Facts
from toolkit.facts.readme import choose, reader, sources
from toolkit.findings import Evidence, Finding, Severity, in_order
from toolkit.inventory.source_tree import SourceTree


def read(tree: SourceTree, rules: ReadmeRules) -> Facts:
    """What the READMEs of a tree say, in the order of `sources.ordered_paths`."""
    findings: list[Finding] = []
    pages = []
    makefiles = makefiles_of(tree)
    for document in sources.read_documents(tree, rules):
        if document.cut:
            hint = "nothing, unless what matters stands near its end"
            findings.append(
                Finding(
                    "RP005",
                    Severity.NOTE,
                    "document is very long; its beginning was read",
                    (Evidence(document.path),),
                    hint,
                )
            )
        pages.append(reader.read_page(document, rules, makefiles))
    facts, unread = choose.merged(pages)
    return Facts(facts, unread, in_order(findings))


def read_document(document: Document, rules: ReadmeRules) -> Facts:
    """What one document says."""
    facts, unread = choose.merged([reader.read_page(document, rules)])
    return Facts(facts, unread)
