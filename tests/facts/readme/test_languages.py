"""Adding a language is adding a file: what a French README says is read once its words are laid over the blueprints."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.catalog.cues import Phrase
from toolkit.facts import readme
from toolkit.facts.model import Datastore, EnvironmentVariable, Facts, Port
from toolkit.inventory.source_tree import SourceTree

FRENCH = """
language: fr
reviewed: "2026-11-21"
cues:
  start: démarrer, lancer le serveur
  require: prérequis, nécessite
  execute: lancer, exécuter
scopes: {}
table_headers: {name: nom, default: valeur}
little_words: le, la, les, un, une, de, du, des, et, est, à, sur
phrases:
  readme: lisez-moi
  environment_variable: variable d'environnement, variables d'environnement
  port: porte, portes
  is: est
  version: mouture
  at_least: au moins
"""
TEXT = """# Boutique

## Prérequis

- PostgreSQL, mouture au moins 12

Le serveur écoute à la porte 8124. La variable d'environnement `BOUTIQUE_DEVISE` dit la devise.
"""


def read(folder: Path, *overlays: Path) -> Facts:
    return readme.read(SourceTree.open(folder), Catalog(*overlays).readme_rules)


def test_a_language_is_a_file(tmp_path: Path) -> None:
    source, overlay = tmp_path / "source", tmp_path / "overlay"
    source.mkdir()
    (source / "LISEZ-MOI.md").write_text(TEXT)
    (source / "app.py").write_text("")
    assert not read(source).facts
    (overlay / "readme" / "languages").mkdir(parents=True)
    (overlay / "readme" / "languages" / "fr.yaml").write_text(FRENCH)
    facts = read(source, overlay).facts
    assert [fact.number for fact in facts if isinstance(fact, Port)] == [8124]
    assert [fact.name for fact in facts if isinstance(fact, EnvironmentVariable)] == ["BOUTIQUE_DEVISE"]
    assert [(fact.engine, fact.version) for fact in facts if isinstance(fact, Datastore)] == [("postgres", "12")]


@pytest.mark.parametrize("phrase", Phrase)
def test_every_phrase_has_words(phrase: Phrase, catalog: Catalog) -> None:
    assert catalog.readme_rules.phrases[phrase]
