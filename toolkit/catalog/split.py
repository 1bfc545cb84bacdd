"""`blueprints/split.yaml`: words of names that tell layers, not features, and libraries that use tables."""

from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.vocabulary import Sourced, Words


class SplitWords(Sourced):
    layers: Words
    path_prefixes: Words
    tables_of_their_own: Words
    changes_tables_at_start: Words


def load_split_words(folder: BlueprintFolder) -> SplitWords:
    return folder.entry("split.yaml", SplitWords)
