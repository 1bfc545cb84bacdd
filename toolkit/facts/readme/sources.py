"""Which documents of a tree are read, and in which order."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from toolkit import documents
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Document, Kind
from toolkit.facts.places import Places, of_libraries
from toolkit.inventory.source_tree import SourceTree

README = r"%readme%(?:[._-]%of_language%)?(?:\.(?:md|markdown|mdown|mkd|rst|adoc|asciidoc|org|txt|text))?"
GUIDE = r"%guide%(?:[._-][\w-]{1,30})?(?:\.(?:md|markdown|rst|adoc|asciidoc|org|txt))?"
# docs/installation/2-application.md
CHAPTER = r"(?:.*/)?docs?(?:umentation)?/(?:.*/)?(?!config|docker|environment)%guide%/(?!docker|kubernetes|helm|heroku|vagrant|ansible|migrat)[\w.-]{1,60}"
OTHER_LANGUAGE = re.compile(
    r"[._-](?!en\b|english\b)(?:[a-z]{2}(?:-?[a-z]{2})?|spanish|portuguese)\.\w+$", re.IGNORECASE
)
DOCUMENT = re.compile(r".*\.(?:md|markdown|mdown|mkd|rst|adoc|asciidoc|asc|org|txt)", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"(?:^|/)(?:(?:[\w-]{1,40}[-_])?tests?|spec|contrib/[^/]+|examples?|fixtures|vendor|third[_-]?party|node_modules|packages/[^/]+/node_modules|\.github|locale|i18n|translations)(?:/|$)",
    re.IGNORECASE,
)
NOT_TOLD = re.compile(
    r"(?:^|/)(?:changelog|changes|history|contributing|contributors|code_of_conduct|security|license|licence|copying|authors|todo|news|upgrade|upgrading|migrat(?:ing|ion)(?!s)|requirements|benchmark|comparison|credits|governance|maintainers|philosophy|privacy|rationale|release[_-]?notes|roadmap)[^/]*$",
    re.IGNORECASE,
)
# A file of a repository, as GitHub, GitLab, Bitbucket and Gitea show it: /owner/shop/blob/main/docs/hosting.md.
_ON_CODE_HOST = re.compile(
    r"^https?://[^/]{1,100}/[^/]{1,100}/[^/]{1,100}/(?:(?:-/)?blob|src(?:/branch)?)/[^/]{1,100}/"
)
# How developers run the application, where no document shows any command.
FOR_DEVELOPERS = re.compile(r"(?:docs/|\.github/)?contributing\.(?:md|markdown|rst|adoc|org|txt)", re.IGNORECASE)
MAXIMUM_DOCUMENTS = 40
MAXIMUM_FOLLOWED = 12


def ordered_paths(tree: SourceTree, rules: ReadmeRules) -> list[str]:
    """READMEs, the nearest to the root first; then INSTALL and DEPLOY guides; then the same under docs/, and the chapters of a
    folder there that is called so.

    A tree of a single document has that document.
    """
    if len(tree.paths) == 1:
        return list(tree.paths)
    readme, guide, chapter = (rules.pattern(one) for one in (README, GUIDE, CHAPTER))
    ranked = []
    libraries = of_libraries(tree.paths)
    for path in tree.paths:
        name = path.rsplit("/", 1)[-1]
        if _is_beside_the_point(path):
            continue
        if Places.of_others(path) or path.startswith(libraries):
            continue
        if readme.fullmatch(name):
            kind = 0
        elif (
            guide.fullmatch(name)
            and (DOCUMENT.fullmatch(name) or "." not in name)
            and not name.lower().startswith(("docker.", "config"))
        ):
            kind = 1
        elif chapter.fullmatch(path) and DOCUMENT.fullmatch(name):
            kind = 2
        else:
            continue
        depth = path.count("/")
        if depth > 3:
            continue
        ranked.append((kind if depth == 0 else 2 + depth, kind, bool(OTHER_LANGUAGE.search(name)), path))
    return [path for *_, path in sorted(ranked)][:MAXIMUM_DOCUMENTS]


def read_documents(tree: SourceTree, rules: ReadmeRules) -> Iterator[Document]:
    """The documents in order; what a README or guide links to inside the tree follows what is found by name."""
    paths = ordered_paths(tree, rules)
    seen = set(paths)
    followed: list[str] = []
    shows = False
    for path in paths:
        if (document := _document(tree, path, rules)) is not None:
            shows = shows or any(block.kind is Kind.CODE for block in document.blocks)
            yield document
            if path.count("/") <= 1:
                for target in _links(document, tree):
                    if target not in seen and len(followed) < MAXIMUM_FOLLOWED:
                        seen.add(target)
                        followed.append(target)
    for path in followed:
        if (document := _document(tree, path, rules)) is not None:
            shows = shows or any(block.kind is Kind.CODE for block in document.blocks)
            yield document
    for path in () if shows else filter(FOR_DEVELOPERS.fullmatch, tree.paths):
        if (document := _document(tree, path, rules)) is not None:
            yield document


def _document(tree: SourceTree, path: str, rules: ReadmeRules) -> Document | None:
    file = tree.read(path)
    if file is None or not file.text.strip() or file.text.startswith("#!"):
        return None  # `bin/setup` is a guide by its name, and a program by its first line
    return documents.parse(file, rules.little_words)


def _links(document: Document, tree: SourceTree) -> Iterator[str]:
    folder = posixpath.dirname(document.path)
    for link in document.links[:400]:
        target = unquote(_ON_CODE_HOST.sub("/", link.split("#", 1)[0].split("?", 1)[0])).strip()
        if not target or "://" in target or target.startswith("mailto:") or len(target) > 300:
            continue
        path = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
        if path in tree and DOCUMENT.fullmatch(path) and not _is_beside_the_point(path):
            yield path


def _is_beside_the_point(path: str) -> bool:
    """Whether a document is told to others than those who run the source."""
    return bool(ELSEWHERE.search(path) or NOT_TOLD.search(path) or Places.of_images(path))
