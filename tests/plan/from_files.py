"""The whole way from a tree of files to Dockerfiles, for the tests of stacks."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.artefacts.dockerfile import render_dockerfile
from toolkit.catalog.catalog import Catalog
from toolkit.facts.gather import gather
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.image_model import Image
from toolkit.plan.model import Plan, Planned
from toolkit.plan.planning import plan_application

# The least that a file of these frameworks holds.
FLASK_APP = "from flask import Flask\napp = Flask(__name__)\n"
DJANGO_WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
DJANGO_MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
EXPRESS_SERVER = {
    "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}}',
    "app.js": "const app = require('express')();\napp.listen(process.env.PORT || 8000, process.env.HOST || '127.0.0.1');\n",
}
# A program that only its installation makes.
MONITOR = {
    "monitor/__main__.py": "def main():\n    serve()\n",
    "setup.py": 'from setuptools import setup\nsetup(entry_points={"console_scripts": ["monitor=monitor.__main__:main"]})\n',
}


@dataclass(frozen=True)
class Converted:
    planned: Planned
    dockerfiles: dict[str, str]

    @property
    def plan(self) -> Plan:
        return self.planned.plan

    @property
    def image(self) -> Image:
        """The only image."""
        (image,) = self.plan.images.values()
        return image

    @property
    def dockerfile(self) -> str:
        return self.dockerfiles["web"]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.planned.findings}


def converted(folder: Path, files: Mapping[str, str], catalog: Catalog) -> Converted:
    """What is planned and written for these files; hadolint has nothing to say about any Dockerfile."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tree = SourceTree.open(folder)
    planned = plan_application("demo", tree, gather(tree, catalog), catalog)
    dockerfiles = {}
    for name, service in planned.plan.services.items():
        stack = catalog.stack[planned.plan.images[service.image].stack]
        assets = planned.plan.images[service.image].assets
        stage = catalog.dockerfile(catalog.stack[assets.stack]) if assets else ""
        text = render_dockerfile(name, planned.plan, stack, catalog.dockerfile(stack), planned.by_key, stage).text
        dockerfiles[name] = text
        assert _hadolint(text) == ""
    return Converted(planned, dockerfiles)


def _hadolint(dockerfile: str) -> str:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, "--no-color", "-"], input=dockerfile, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
