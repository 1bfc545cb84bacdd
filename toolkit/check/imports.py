"""Does every import of a stack meet an export of another stack of the same environment?"""

from collections.abc import Container, Iterator

from toolkit.check.output import Output, place
from toolkit.findings import Finding, Severity


def check(output: Output, shared: Container[str]) -> Iterator[Finding]:
    """Findings RP114. `shared`: what a platform exports in each environment, after `<platform>-<environment>-`."""
    for environment, stacks in output.environments.items():
        exported = frozenset().union(*(stack.exports for stack in stacks))
        for stack in stacks:
            platform = f"{stack.parameters.get('Platform', '')}-{environment}-"
            for value in stack.template.import_values(stack.parameters):
                for name in stack.template.names((value,), stack.parameters) - exported:
                    if name.startswith(platform) and name.removeprefix(platform) in shared:
                        continue
                    whose = (
                        "the platform does not export"
                        if name.startswith(platform)
                        else f"no stack of {environment} exports"
                    )
                    yield Finding(
                        "RP114",
                        Severity.ERROR,
                        f"{stack.part} imports {name}, which {whose}",
                        (place(stack.template.path, value),),
                    )
