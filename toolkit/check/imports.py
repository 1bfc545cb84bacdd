"""Does every import of a stack meet an export of another stack of the same environment?"""

from collections.abc import Iterator

from toolkit.check.output import Output, place
from toolkit.findings import Finding, Severity
from toolkit.stacks.template import values_of


def check(output: Output) -> Iterator[Finding]:
    """Findings RP114."""
    for environment, stacks in output.environments.items():
        exported = frozenset().union(*(stack.exports for stack in stacks))
        for stack in stacks:
            for value in values_of("Fn::ImportValue", stack.template.tree):
                for name in stack.template.names((value,), stack.parameters) - exported:
                    yield Finding(
                        "RP114",
                        Severity.ERROR,
                        f"{stack.part} imports {name}, which no stack of {environment} exports",
                        (place(stack.template.path, value),),
                    )
