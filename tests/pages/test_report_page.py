"""`replatform report --html`: complete, self-contained, its links lead somewhere, and text of others stays text in it."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import LEGALTECH, SAMPLES
from tests.pages.pages import HOSTILE, hostile_application, report_page
from toolkit.artefacts.text import Artefact, Line
from toolkit.catalog.catalog import Catalog
from toolkit.cli.main import app
from toolkit.facts.display import shown_lines
from toolkit.pages.evidence import Cited, generated_files
from toolkit.plan.model import Plan, Planned


class Page(HTMLParser):
    """The elements of a page: their names, ids, links, the services that they are for, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [value or "" for name, value in self.attributes if name == "href"]


@pytest.fixture(scope="module", params=SAMPLES)
def page(request: pytest.FixtureRequest, catalog: Catalog) -> str:
    return report_page(SAMPLES[request.param], catalog)


def test_it_is_below_a_megabyte(page: str) -> None:
    assert 50_000 < len(page.encode()) < 1_000_000


def test_it_is_below_a_megabyte_for_an_application_of_many_services(catalog: Catalog) -> None:
    """All applications of a company as one; before files were shown by others it was twice as long."""
    page = report_page(LEGALTECH, catalog)
    assert page.count("<tr data-for=") > 11 and len(page.encode()) < 1_000_000
    found = Page(page)
    assert len(set(found.ids)) == len(found.ids)
    assert {link.removeprefix("#") for link in found.links()} <= set(found.ids)


def test_a_file_that_is_shown_by_another_has_every_line_that_is_its_own() -> None:
    planned = Planned(Plan(application="shop", images={}, services={}))
    texts = {
        "env/development/a.env": [f"LINE_{n}=1" for n in range(40)],
        "env/production/a.env": [f"LINE_{n}={2 if n == 20 else 1}" for n in range(40) if n != 30],
        "env/test/a.env": [f"OTHER_{n}=1" for n in range(40)],
        "env/test/b.env": [f"OTHER_{n}=1" for n in range(40)],
    }
    written = [Artefact(path, tuple(map(Line, lines)), "env") for path, lines in texts.items()]
    whole, alike, other, equal = generated_files(planned, written, (), Cited(()))
    assert (whole.like, other.like) == (None, None) and len(whole.lines) == len(other.lines) == 40
    assert alike.like and (alike.like.target, alike.without) == (whole.id, 1)
    assert [line.text for line in alike.lines] == [f"LINE_{n}={2 if n == 20 else 1}" for n in range(18, 23)]
    assert [line.number for line in alike.lines] == [19, 0, 0, 0, 0]
    assert equal.like and equal.like.target == other.id and equal.lines == () and equal.without == 0


def test_every_link_leads_to_one_place_in_the_page(page: str) -> None:
    found = Page(page)
    assert len(set(found.ids)) == len(found.ids)
    assert found.links() and {link.removeprefix("#") for link in found.links()} <= set(found.ids)


def test_lines_are_linked_both_ways(page: str) -> None:
    """From a line that was read to one that was written, and back from there."""
    lines = dict(re.findall(r' id="([fs]\d+-\d+)"[^>]*>(.*?)(?=<li|</ol>)', page, re.DOTALL))
    there = {(line, link) for line, text in lines.items() for link in re.findall(r'<a href="#([^"]+)"', text)}
    from_read = {(read, written) for read, written in there if read.startswith("s")}
    assert from_read
    pairs = [(read, written) for read, written in from_read if (written, read) in there]
    # A written line names two places at most, and a read line one line of each file.
    assert len(pairs) > len(from_read) * 0.8


def test_nothing_comes_from_elsewhere_and_nothing_runs(page: str) -> None:
    found = Page(page)
    assert not {"script", "img", "iframe", "object", "embed", "link", "base", "form"} & set(found.names)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert all(link.startswith("#") for link in found.links())
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style and "@import" not in style and "&" not in style
    [policy] = [value or "" for name, value in found.attributes if name == "content" and "default-src" in (value or "")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_same_source_gives_the_same_page(catalog: Catalog) -> None:
    source = SAMPLES["collections"]
    assert report_page(source, catalog) == report_page(source, Catalog())


@pytest.fixture(scope="module")
def ours(catalog: Catalog) -> Page:
    """A page that has every element that the template has."""
    return Page(report_page(SAMPLES["document-signing"], catalog))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_others_stays_text(text: str, ours: Page, tmp_path: Path, catalog: Catalog) -> None:
    found = Page(report_page(hostile_application(tmp_path / "shop", text), catalog))
    assert set(found.names) <= set(ours.names)
    assert {name for name, _ in found.attributes} <= {name for name, _ in ours.attributes}
    assert text in found.text


def test_a_file_that_a_person_changed_is_said_to_be(tmp_path: Path) -> None:
    run = CliRunner()
    source, out = SAMPLES["case-tracking"], tmp_path / "out"
    assert run.invoke(app, ["convert", str(source), "--out", str(out)]).exit_code == 0
    arguments = ["report", str(out), "--source", str(source), "--html", "--out", str(tmp_path / "page.html")]
    assert run.invoke(app, arguments).exit_code == 0
    assert "edited by hand" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    with (out / "compose.yaml").open("a") as file:
        file.write("# ours\n")
    assert run.invoke(app, arguments).exit_code == 0
    [mark] = re.findall(
        r"<h3>([^<]+)</h3> <b class=\"guess\">edited by hand", (tmp_path / "page.html").read_text(encoding="utf-8")
    )
    assert mark == "compose.yaml"


def test_without_html_it_is_the_markdown_report(tmp_path: Path) -> None:
    run = CliRunner()
    source, out = SAMPLES["case-tracking"], tmp_path / "out"
    run.invoke(app, ["convert", str(source), "--out", str(out)])
    shown = run.invoke(app, ["report", str(out), "--source", str(source)])
    assert shown.stdout == (out / "REPLATFORM.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("The password of the mail account is `hunter2`.", "hunter2"),
        ("La clave es 'postgres'.", "postgres"),
        ("A senha do banco: Sommer2019!", "Sommer2019!"),
        ("| `SMTP_PASSWORD` | yes | `Winter-Relay-0815` |", "Winter-Relay-0815"),
        ("| SMTP_PASSWORD | yes | Winter-Relay-0815 |", "Winter-Relay-0815"),
        ("The admin password is\n`Sommer2019!`", "Sommer2019!"),
        ("mysql -u root -pTopSecret9 shop", "TopSecret9"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\nand more",
            "MIIEpAIBAAKCAQEA",
        ),
    ],
)
def test_no_secret_of_a_document_is_shown(line: str, secret: str) -> None:
    shown = shown_lines(f"# Shop\n\n{line}\n\nIt listens on port 8080.")
    assert secret in line and secret not in "\n".join(shown)
    assert len(shown) == line.count("\n") + 5 and shown[-1] == "It listens on port 8080."


@pytest.mark.parametrize(
    "line",
    [
        "| `SMTP_PASSWORD` | yes | see `/etc/shop/secrets.env` |",
        "The key of the cache is the URL; it listens on `db01.corp:5432`.",
        "Change a password with `python manage.py changepassword`, tokens last `3600` seconds.",
    ],
)
def test_what_is_no_secret_stays_readable(line: str) -> None:
    assert shown_lines(line) == [line]


def test_a_weak_value_beside_a_secret_name_is_masked_where_the_facts_know_the_line() -> None:
    assert shown_lines("| `BIND_WORD` | `postgres` |", {1}) == ["| `BIND_WORD` | `********` |"]
