"""Configuration files that operators write by hand on each host, from a sample: no image has them."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import ConfigFile, Facts
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.ranking import evidence_of, of_type

_MOST = 5
_DEVELOPERS = re.compile(r"(?:^|[/._-])(?:dev|development|test)(?:[/._-]|$)")


def unwritten(tree: SourceTree, facts: Facts) -> Iterator[Finding]:
    """RP058 for files whose sample is in the tree, and they are not. What stands in `.env` files becomes variables."""
    missing: dict[str, ConfigFile] = {}
    for file in of_type(facts, ConfigFile):
        for folder in dict.fromkeys((file.directory.strip("/"), posixpath.dirname(file.evidence.path), "")):
            path, sample = (posixpath.normpath(posixpath.join(folder, part)) for part in (file.path, file.template))
            if path.startswith("/") or _DEVELOPERS.search(path):
                continue
            if file.template and sample in tree and path not in tree and ".env" not in posixpath.basename(path):
                missing.setdefault(path, file)
                break
    if missing:
        names = list(missing)
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        yield Finding(
            "RP058",
            Severity.WARNING,
            f"{', '.join(names[:_MOST])}{more}: written by hand on each host from a sample, not in the source, and so not in the image",
            evidence_of(missing.values()),
            "add a copy of the sample to the source that takes secrets and what differs between environments from variables",
        )
