"""A value that looks secret in a README or .env file is in nothing that we write or print."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLES
from tests.pages.pages import report_page
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.facts.model import Origin
from toolkit.facts.report import facts_object
from toolkit.facts.side_by_side import Line, side_by_side
from toolkit.facts.text import table

# What the samples' READMEs carelessly show.
SHOWN = {
    "collections": ["Kx7#vT2p-mQ94zLw", "gw-7f3c9a1e5b2d4c60a8e1", "Winter-Relay-0815"],
    "document-signing": ["Sello.Rojo-1987", "n3x-0a9v!w1k7c5", "5d1f0c7be2a94c38a6f7", "Cartero_2291"],
    "case-tracking": ["Toga&Birrete77", "Pleito_4410"],
    "administration": ["Lacre.Verde-55"],
    "notifications-worker": ["Correio-Azul-3307"],
    "reporting": ["Tinta_1962"],
}
password = st.text(string.ascii_letters + string.digits, min_size=20, max_size=40).filter(
    lambda text: any(c.isdigit() for c in text) and any(c.islower() for c in text) and any(c.isupper() for c in text)
)


def everything_written(source: Path, folder: Path, catalog: Catalog) -> str:
    drafted = pipeline.draft(source, folder, catalog)
    pipeline.write(folder, drafted, pipeline.artefacts(drafted, catalog))
    tree, facts = pipeline.read_source(source, catalog)
    shown = [
        row.text
        for path in sorted({fact.evidence.path for fact in facts.facts if fact.origin == Origin.README})
        if (file := tree.read(path)) is not None
        for row in side_by_side(file, facts, catalog.readme_rules)
        if isinstance(row, Line)
    ]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())
    page = report_page(source, catalog)
    return "\n".join(
        [written, page, json.dumps(facts_object(facts)), table(facts), *shown, *map(str, drafted.planned.findings)]
    )


@pytest.mark.parametrize("name", SHOWN)
def test_secrets_of_the_samples(name: str, tmp_path: Path, catalog: Catalog) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SAMPLES[name].glob("*.[mt][dx]*"))
    text = everything_written(SAMPLES[name], tmp_path, catalog)
    for secret in SHOWN[name]:
        assert secret in source, "the sample changed: this test must name what it shows now"
        assert secret not in text


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password)
def test_secrets_wherever_they_stand(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog, secret: str) -> None:
    source = tmp_path_factory.mktemp("source")
    (source / "requirements.txt").write_text("flask==3.0.3\npsycopg2-binary==2.9.9\n")
    (source / "app.py").write_text(
        f"import os\nfrom flask import Flask\napp = Flask(__name__)\nKEY = os.environ.get('API_KEY', '{secret}')\n"
    )
    (source / ".env").write_text(f"DB_PASSWORD={secret}\nDB_PW={secret}\nREDIS_PASSPHRASE={secret}\n")
    (source / ".env.example").write_text(f"export SESSION_SECRET='{secret}'\nAPI_TOKEN=\"{secret}\"\n")
    (source / "docker-compose.yml").write_text(
        f"services:\n  web:\n    image: x\n    environment:\n      - JWT_SECRET={secret}\n"
    )
    (source / "README.md").write_text(
        f"""# Shop

The password of the mail account is `{secret}`. The database is at `postgres://shop:{secret}@db01:5432/shop`.

| Variable | Example |
| --- | --- |
| `SMTP_PASSWORD` | `{secret}` |
| `SMTP_PW` | `{secret}` |
| `FTP_PASS` | `{secret}` |
| `LDAP_BIND_PWD` | `{secret}` |

```sh
export DATABASE_URL=postgres://shop:{secret}@db01:5432/shop
export STRIPE_API_KEY={secret}
psql -c "CREATE USER shop WITH PASSWORD '{secret}'"
mysql -u root -p{secret} shop < schema.sql
API_KEY={secret} gunicorn app:app -b 0.0.0.0:8000
curl -H "Authorization: Bearer {secret}" http://localhost:8000/
```

```cron
0 3 * * * API_SECRET={secret} python /srv/shop/job.py --password {secret}
```
"""
    )
    assert secret not in everything_written(source, tmp_path_factory.mktemp("out"), catalog)
