"""JSON, TOML, XML, YAML and INI of strangers as plain values that know their lines: bounded, nothing fetched.

A file that cannot be read raises Malformed, which `manifests.read` turns into a finding.
"""

from toolkit.facts.manifests.formats.ini_text import Entry, ini_entries
from toolkit.facts.manifests.formats.json_text import json_tree
from toolkit.facts.manifests.formats.toml_text import toml_tree
from toolkit.facts.manifests.formats.tree import Malformed, Tree
from toolkit.facts.manifests.formats.xml_text import Element, xml_root
from toolkit.facts.manifests.formats.yaml_text import yaml_tree, yaml_trees

__all__ = [
    "Element",
    "Entry",
    "Malformed",
    "Tree",
    "ini_entries",
    "json_tree",
    "toml_tree",
    "xml_root",
    "yaml_tree",
    "yaml_trees",
]
