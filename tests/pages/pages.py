"""Pages to look at: the report of an application, and of one that means harm."""

import tempfile
from pathlib import Path

from toolkit.artefacts import plan_file
from toolkit.artefacts.sizes import stack_sizes
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.facts.readme.sources import read_documents
from toolkit.pages.report import render_html

HOSTILE = (
    "<script>pwned = 1</script>",
    "</li></ol></style><img src=x onerror='pwned = 1'>",
    '"><svg onload="pwned = 1">',
    "' onmouseover='pwned = 1' x='",
    "<!-- ]]> <![CDATA[ <a href=javascript:pwned=1>x</a>",
    "{{ 7 * 191 }}{% include 'base.css' %}${7*191}",
    "&lt;script&gt;&#60;script&#62;",
)


def report_page(source: Path, catalog: Catalog) -> str:
    """The page on a source that nothing was written for yet."""
    with tempfile.TemporaryDirectory() as folder:
        drafted = pipeline.draft(source, Path(folder), catalog)
    assert drafted.tree is not None
    plan = plan_file.render_plan(drafted.planned.plan, {})
    written = [one for one in pipeline.artefacts(drafted, catalog) if not one.path.startswith((".", "REPLATFORM.md"))]
    sizes = stack_sizes(written, catalog.effects.sizes)
    documents = read_documents(drafted.tree, catalog.readme_rules)
    return render_html(drafted.planned, [plan, *written], sizes, drafted.tree, documents, drafted.facts)


def hostile_application(folder: Path, text: str) -> Path:
    """A Flask application that has the text wherever people write: prose, commands, values, routes, headings."""
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("flask==3.0.3\ngunicorn==22.0.0\n")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    (folder / "app.py").write_text(
        f'from flask import Flask\napp = Flask(__name__)\n@app.get("/x{quoted}")\ndef x():\n    return ""\n'
    )
    single = text.replace("'", "'\\''")
    (folder / "README.md").write_text(
        f"""# Shop {text}

{text}

| Variable | Example | |
| --- | --- | --- |
| `SHOP_TITLE` | `{text}` | {text} |

```sh
export SHOP_MOTTO='{single}'
pip install -r requirements.txt {single}
gunicorn --bind 0.0.0.0:8000 app:app --name '{single}'
```
"""
    )
    return folder
