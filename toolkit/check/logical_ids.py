"""Has a template lost a logical ID that was released? CloudFormation would delete the resource of stacks that exist."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from toolkit.check.output import Output
from toolkit.findings import Evidence, Finding, Severity
from toolkit.stacks.template import HOLDS_DATA

# Templates that are written once for each service, under the service's name.
_PER_SERVICE = ("service", "worker", "scheduled-task")


def check(output: Output, released: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Findings RP140. `released`: name of our template to the logical IDs and types that it was released with."""
    for path, template in output.templates.items():
        types = {name: str(resource.get("Type")) for name, resource in template.resources.items()}
        stem = PurePosixPath(path).stem
        candidates = [stem] if stem in released else _PER_SERVICE if stem.startswith("service-") else []
        # A service's template is one of three: the one that it has most of.
        expected = max(
            (released[name] for name in candidates), key=lambda ids: len(ids.items() & types.items()), default={}
        )
        for name, kind in expected.items():
            if types.get(name) != kind:
                lost = "is gone" if name not in types else f"is now {types[name]}"
                data = ", and what it holds with it" if kind in HOLDS_DATA else ""
                yield Finding(
                    "RP140",
                    Severity.ERROR,
                    f"{name} ({kind}) {lost}: a stack that has it would delete it{data}",
                    (Evidence(path),),
                    "keep the logical ID, or choose a condition that leaves the resource out",
                )
