"""Names of languages at code fences stand in a file: each kind there is one that the reader knows."""

from toolkit.catalog.catalog import Catalog
from toolkit.documents.model import Block, Kind
from toolkit.facts.readme.code_kind import CodeKind, code_kind


def test_every_kind_is_known(catalog: Catalog) -> None:
    assert {CodeKind(kind) for kind in catalog.readme_rules.code_languages.values()} >= {
        CodeKind.SHELL,
        CodeKind.PROGRAM,
    }


def test_a_name_that_says_nothing_leaves_it_to_the_look(catalog: Catalog) -> None:
    def kind(language: str, text: str) -> CodeKind:
        return code_kind(Block(Kind.CODE, text, 1, 1, language=language, fenced=True), catalog.readme_rules)

    assert kind("text", "SHOP_TITLE=x") == CodeKind.ENV
    assert kind("python", "SHOP_TITLE=x") == CodeKind.PROGRAM
    assert kind("console", "$ ls") == CodeKind.SHELL


def test_a_program_with_options_is_typed_into_a_shell(catalog: Catalog) -> None:
    def kind(text: str) -> CodeKind:
        return code_kind(Block(Kind.CODE, text, 1, 1), catalog.readme_rules)

    assert kind("shopd -p 8080 ~/data &      ## listens everywhere") == CodeKind.SHELL
    assert kind("~> shopd /etc/shop.ini\n~> pip install shop") == CodeKind.SHELL
    assert kind("usage: shopd [-p PORT]") == CodeKind.OTHER
    assert kind("shop is well-known - and old") == CodeKind.OTHER
