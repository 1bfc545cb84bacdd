"""REPLATFORM.md: what a reviewer finds in it, and that text of others stays text in it."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.artefacts.plans import COLLECTIONS, DECISIONS, NASTY, hostile_decisions, hostile_plans, one_line
from toolkit.artefacts.markdown import code, mermaid, table, text
from toolkit.artefacts.remarks import one_line as one_line_of
from toolkit.artefacts.report import render_report
from toolkit.artefacts.runbook import operators_secrets
from toolkit.artefacts.text import Artefact, lines
from toolkit.facts.model import Origin, Route, RouteKind
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import Decision, Plan, Planned, Question

TEMPLATES = tuple(
    Artefact(f"cloudformation/{name}.yaml", ()) for name in ("network", "cluster", "database", "cache", "secrets")
)
STACKS = {"development": "{}", "test": "{}", "production": '{"network": {"Parameters": {"ZoneCount": "3"}}}'}
WRITTEN = (*TEMPLATES, *(Artefact(f"cloudformation/{name}.json", lines(text)) for name, text in STACKS.items()))
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OUR_HTML = re.compile(
    r"</details>|<details><summary>\d+ [a-z ]+</summary>|<details><summary>The same without replatform</summary>|\s*"
)
NODE = r"(?:users|balancer|clock|cluster|present|source|pipeline|service\d+|store\d+)"
LABEL = r'"(?:[A-Za-z0-9 _.,:/*+=?()-]|#\d+;|<br/>)*"'
DIAGRAM_LINE = re.compile(
    rf"flowchart LR|  subgraph cluster\[{LABEL}\]|  end"
    rf"|  {NODE}(?: & {NODE})* --> {NODE}"
    rf"|\s+{NODE}(?:\(?\[\(?{LABEL}\)?\]\)?)?(?: (?:-->|-- {LABEL} -->) {NODE}(?:\[{LABEL}\])?)*"
)


def report(
    plan: Plan,
    decisions: tuple[Decision, ...] = (),
    questions: tuple[Question, ...] = (),
    findings: tuple[Finding, ...] = (),
    routes: tuple[Route, ...] = (),
) -> str:
    return render_report(Planned(plan, decisions, questions, findings, routes), WRITTEN, ["{ZoneCount} zones"]).text


def tokens(markdown: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(markdown):
        yield token
        yield from token.children or ()


def test_the_order_of_sections() -> None:
    findings = (
        Finding("RP012", Severity.WARNING, "port 8081 in the README", (Evidence("README.md", 42, 42),), "choose"),
    )
    questions = (Question("services.web.port", "Which port?", "8080"),)
    headings = re.findall(
        r"^##? (.+)$", report(COLLECTIONS, tuple(DECISIONS.values()), questions, findings), re.MULTILINE
    )
    assert headings == [
        "collections on AWS",
        "Services",
        "What costs money by the hour",
        "Open questions",
        "Findings",
        "Decisions",
        "Secrets to set",
        "What to do next",
    ]


def test_what_is_not_there_has_no_section() -> None:
    assert "## Open questions" not in report(COLLECTIONS) and "## Findings" not in report(COLLECTIONS)


def test_decisions_name_file_and_line_and_guesses_stand_first() -> None:
    found = report(COLLECTIONS, tuple(DECISIONS.values()))
    assert "| `environment.DB_POOL_SIZE` | `10` | the value that operators use | README.md:57 |" in found
    assert "instead of `8081` | src/main/resources/application.properties:3 |" in found
    assert found.index("guessed: no file gives a value") < found.index("2 decisions with evidence")


def test_a_question_names_its_key_and_default() -> None:
    questions = (
        Question("a.b", "1. Which?", None, (Evidence("README.md", 3, 4),), ("x", "y"), 1),
        Question("c.d", "Really?", "no"),
    )
    found = report(COLLECTIONS, questions=questions)
    assert (
        "1. &#49;. Which?\n   `a.b`, no default: an answer is required; one of `x`, `y` (README.md:3-4)\n2. Really?\n   `c.d`, default `no`\n"
        in found
    )


def test_code_in_a_message_stays_code() -> None:
    findings = (Finding("RP050", Severity.WARNING, "`a|b *c*` starts a server, `d` does not", hint="odd ` tick"),)
    assert "| a&#124;b \\*c\\* starts a server, `d` does not |  | odd \\` tick |" in report(
        COLLECTIONS, findings=findings
    )


def test_notes_stand_behind_a_fold() -> None:
    findings = (Finding("RP002", Severity.WARNING, "look"), Finding("RP001", Severity.NOTE, "by the way"))
    found = report(COLLECTIONS, findings=findings)
    assert (
        found.index("| warning | RP002 |")
        < found.index("<details><summary>1 note</summary>")
        < found.index("| note | RP001 |")
    )


def test_only_what_people_know_is_asked_from_them() -> None:
    assert list(operators_secrets(COLLECTIONS)) == ["PAYMENT_GATEWAY_API_KEY"]
    assert '--secret-id "$application/$environment/PAYMENT_GATEWAY_API_KEY" --secret-string "$value"' in report(
        COLLECTIONS
    )


def test_lines_know_their_keys() -> None:
    lines = render_report(Planned(COLLECTIONS, tuple(DECISIONS.values())), WRITTEN, []).lines
    assert next(line.key for line in lines if line.text.startswith("| **mailer** |")) == "services.mailer"
    assert (
        next(line.key for line in lines if line.text.startswith("| `environment.DB_POOL_SIZE` |"))
        == "environment.DB_POOL_SIZE"
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_commands_are_valid_shell() -> None:
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", report(COLLECTIONS), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    for block in blocks:
        run = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr


@settings(max_examples=40)
@given(
    hostile_plans(),
    hostile_decisions(),
    st.lists(
        st.builds(
            Question, one_line, one_line, st.none() | one_line, choices=st.lists(one_line, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    st.lists(st.builds(Finding, one_line, st.sampled_from(Severity), one_line, st.just(()), one_line), max_size=3).map(
        tuple
    ),
)
def test_text_of_others_stays_text(
    plan: Plan, decisions: tuple[Decision, ...], questions: tuple[Question, ...], findings: tuple[Finding, ...]
) -> None:
    markdown = report(plan, decisions, questions, findings)
    found = list(tokens(markdown))
    kinds = {token.type for token in found}
    assert not kinds & {
        "link_open",
        "image",
        "em_open",
        "s_open",
        "html_inline",
        "blockquote_open",
        "hr",
        "lheading_open",
    }
    assert all(
        OUR_HTML.fullmatch(line) for token in found if token.type == "html_block" for line in token.content.splitlines()
    )
    shown = {
        "# hostile on AWS",
        "## Services",
        "## What costs money by the hour",
        "## Decisions",
        "## Secrets to set",
        "## What to do next",
    }
    shown |= ({"## Open questions"} if questions else set()) | ({"## Findings"} if findings else set())
    assert {line for line in markdown.splitlines() if line.startswith("#")} == shown
    fences = [token for token in found if token.type == "fence"]
    assert {token.info for token in fences} <= {"mermaid", "bash"}
    for line in next(token.content for token in fences if token.info == "mermaid").splitlines():
        assert DIAGRAM_LINE.fullmatch(line), line
    keys = len({decision.key for decision in decisions})
    rows = sum(token.type == "tr_open" for token in found) - sum(token.type == "thead_open" for token in found)
    assert rows == len(plan.services) + 1 + keys + len(findings)  # one stack is paid by the hour


def route(path: str, *methods: str) -> Route:
    place = Evidence("src/Payments.java", 3, 3)
    return Route(
        evidence=place, origin=Origin.RUNNING, path=path, kind=RouteKind.EXACT, framework="spring", methods=methods
    )


def test_routes_stand_beside_the_rule_that_gets_them() -> None:
    rows = [
        row
        for row in report(COLLECTIONS, routes=(route("/payments", "GET", "POST"), route("/"))).splitlines()
        if "/payments" in row
    ]
    assert rows == ["| 40000 | `/*` | site | `GET POST /payments`, `/` |"]


def test_a_route_without_a_service_is_shown_as_such() -> None:
    site = COLLECTIONS.services["site"].model_copy(update={"paths": ("/payments",)})
    plan = COLLECTIONS.model_copy(update={"services": COLLECTIONS.services | {"site": site}})
    assert "|  | default action: 404 | none | `GET /admin` |" in report(
        plan, routes=(route("/admin", "GET"), route("/payments"))
    )


def test_of_many_routes_the_first_are_listed() -> None:
    found = report(COLLECTIONS, routes=tuple(route(f"/r{number}") for number in range(20)))
    assert "`/r11`, and 8 more |" in found and "/r12" not in found


@given(one_line)
def test_a_route_of_others_stays_text(path: str) -> None:
    plain, hostile = (
        [
            token.type
            for token in tokens(report(COLLECTIONS, routes=(route(f"/{end}"),)))
            if token.type not in ("text", "code_inline")
        ]
        for end in ("x", path)
    )
    assert hostile == plain


def test_sizes_are_told_environment_by_environment() -> None:
    assert (
        "| Stack | development | test | production |\n| --- | --- | --- | --- |\n| **network** |  |  | 3 zones |\n"
        in report(COLLECTIONS)
    )


@given(st.lists(one_line, min_size=2, max_size=3))
def test_a_table_has_the_cells_that_it_was_given(values: list[str]) -> None:
    for spell in (text, code):
        found = list(tokens("\n".join(table(["x"] * len(values), [[spell(value) for value in values]]))))
        assert sum(token.type == "td_open" for token in found) == len(values)
        shown = "".join(token.content for token in found if token.type in ("text", "code_inline"))
        expected = "x" * len(values) + "".join(map(one_line_of, values))
        # Backticks in pairs make code, and are not shown.
        assert "".join(shown.replace("`", "").split()) == "".join(expected.replace("`", "").split())


@pytest.mark.parametrize("value", NASTY)
def test_a_label_stays_inside_its_quotes(value: str) -> None:
    assert re.fullmatch(LABEL, f'"{mermaid(value)}"')
