"""Transforms of listener rules: the emulator keeps them, and forwards requests as they came."""

import re
from typing import Any
from urllib.parse import unquote

from ministack.services import alb


def mend_rewrites() -> None:
    """What a rule forwards is rewritten by its transform: the path and the query that its expression matches.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
    """
    execute = alb._execute_actions

    async def rewritten(
        actions: list[dict[str, Any]],
        method: str,
        path: str,
        *rest: Any,
        raw_query_string: str | None = None,
        raw_path: str | None = None,
        **options: Any,
    ) -> Any:
        for transform in _transforms(actions):
            for one in transform.get("UrlRewriteConfig", {}).get("Rewrites", ()):
                url = f"{raw_path or path}?{raw_query_string}" if raw_query_string else raw_path or path
                replacement = re.sub(r"\$(\d)", r"\\\1", one["Replace"])
                raw_path, _, raw_query_string = re.sub(one["Regex"], replacement, url, count=1).partition("?")
                path = unquote(raw_path)
        return await execute(
            actions, method, path, *rest, raw_query_string=raw_query_string, raw_path=raw_path, **options
        )

    alb._execute_actions = rewritten


def _transforms(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rule whose actions are carried out."""
    return next((rule.get("Transforms") or [] for rule in alb._rules.values() if rule.get("Actions") is actions), [])
