"""Path routing: nginx answers a path as the load balancer would."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.artefacts.plans import COLLECTIONS, hostile_plans, paths
from toolkit.artefacts.routing import nginx_server, path_regex, routes
from toolkit.plan.model import Plan


def matches(pattern: str, path: str) -> bool:
    """The expression as PCRE takes it; Python writes the end of the text as \\Z."""
    return re.search(f"(?s)^{path_regex(pattern)}\\Z", path) is not None


def alb_matches(pattern: str, path: str) -> bool:
    """The load balancer's rule, written down a second time."""

    @cache
    def rest(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(path)
        if pattern[p] == "*":
            return rest(p + 1, t) or (t < len(path) and rest(p, t + 1))
        return t < len(path) and pattern[p] in ("?", path[t]) and rest(p + 1, t + 1)

    return rest(0, 0)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/accounts", "/accounts", True),
        ("/accounts", "/accounts/", False),
        ("/accounts", "/Accounts", False),
        ("/accounts/*", "/accounts/1/2", True),
        ("/accounts/*", "/accounts", False),
        ("/accounts*", "/accounts-of-others", True),
        ("/v?/x", "/v1/x", True),
        ("/v?/x", "/v10/x", False),
        ("/a.b", "/aXb", False),
        ("/$x+", "/$x+", True),
        ("/$x+", "/$xx", False),
        ("/*", "/a\nb", True),
        ("/a", "/a\n", False),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


@given(paths, st.text("abAZ09_-.$/~\"'@:+&*?\n", max_size=12).map(lambda tail: "/" + tail))
def test_every_pattern_matches_what_the_load_balancer_matches(patterns: list[str], path: str) -> None:
    for pattern in patterns:
        assert matches(pattern, path) == alb_matches(pattern, path)
        assert matches(pattern, pattern.replace("*", path).replace("?", "x"))


def test_rules_are_asked_by_priority() -> None:
    assert [(route.pattern, route.service) for route in routes(COLLECTIONS)] == [
        ("/accounts", "web"),
        ("/accounts/*", "web"),
        ("/*", "site"),
    ]


@given(hostile_plans())
def test_a_pattern_stays_inside_its_quotes(plan: Plan) -> None:
    for line in nginx_server(routes(plan), {name: name for name in plan.services}, 8080):
        if line.text.strip().startswith('"~'):
            assert re.fullmatch(r'    "~[A-Za-z0-9_/~@:&\\.$+*()?^ \[\]-]*" [a-z0-9-]+:\d+;', line.text)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.parametrize("pattern", ["/*", "/a\"b'c$1+~@:&-._", "/?/*?*"])
def test_nginx_accepts_the_configuration(pattern: str, tmp_path: Path) -> None:
    services = {"web": COLLECTIONS.services["web"].model_copy(update={"paths": (pattern,)})}
    server = nginx_server(routes(COLLECTIONS.model_copy(update={"services": services})), {"web": "web"}, 18080)
    folders = "".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {folders} access_log off;\n"
        + "".join(line.text + "\n" for line in server)
        + "}"
    )
    run = subprocess.run(
        ["nginx", "-t", "-c", str(configuration)], capture_output=True, text=True, timeout=20, check=False
    )
    assert run.returncode == 0, run.stderr
