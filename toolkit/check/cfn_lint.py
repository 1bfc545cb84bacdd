"""cfn-lint over our templates: one warm Runner for all of them, because loading its rules costs more than using them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from toolkit.errors import TemporaryError
from toolkit.findings import Evidence, Finding, Severity

REGION = "eu-west-1"
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "informational": Severity.NOTE}


@cache
def _runner() -> Any:
    try:
        from cfnlint.config import ConfigMixIn
        from cfnlint.runner import Runner
    except ImportError:
        raise TemporaryError("cfn-lint is not installed", to_do="pip install 'replatform[lint]'") from None
    return Runner(ConfigMixIn(regions=[REGION]))


def check(templates: Mapping[str, str]) -> Iterator[Finding]:
    """cfn-lint's matches on templates by path, as findings RP100. Raises TemporaryError when cfn-lint is not installed."""
    from cfnlint.decode.decode import decode_str

    runner = _runner()
    for path, text in templates.items():
        template, matches = decode_str(text)
        for match in matches or list(runner.validate_template(template)):
            severity = _SEVERITIES.get(match.rule.severity, Severity.WARNING)
            yield Finding(
                "RP100",
                severity,
                f"{match.rule.id}: {match.message}",
                (Evidence(path, match.linenumber, match.linenumber, "cfn-lint"),),
            )
