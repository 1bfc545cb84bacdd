"""Nuxt: a server of its own, the library as server, and pages alone."""

import json
from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import converted


def _package(section: str, version: str, **scripts: str) -> dict[str, str]:
    return {"package.json": json.dumps({section: {"nuxt": version}, "scripts": scripts}), "nuxt.config.js": ""}


def test_nuxt_3_is_its_output_alone(tmp_path: Path, catalog: Catalog) -> None:
    files = _package("devDependencies", "^3.12.0", build="nuxt build", start="nuxt start")
    readme = "# Shop\n\n## Production\n\n```sh\nnpm run build\nnpm run start\n```\n"
    made = converted(tmp_path, files | {"README.md": readme}, catalog)
    assert (made.image.stack, made.image.artifact) == ("node-nuxt", ".output")
    assert made.image.build == (("npm", "run", "build"),) and made.image.prune == ()
    assert "COPY --from=build /app/.output ./.output" in made.dockerfile
    assert "COPY --from=build /app /app" not in made.dockerfile
    # `nuxt start` is in no image that holds the output alone.
    assert made.plan.services["web"].command == ("node", ".output/server/index.mjs")
    assert "PORT=3000" in made.dockerfile


def test_nuxt_2_renders_with_the_library(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, _package("dependencies", "^2.15.8", build="nuxt build", start="nuxt start"), catalog)
    assert made.image.stack == "node-nuxt2"
    assert made.plan.services["web"].command[-2:] in (("nuxt", "start"), ("npm", "start"))
    assert "HOST=0.0.0.0" in made.dockerfile and "COPY --from=build /app /app" in made.dockerfile


def test_generated_pages_are_served_by_nginx(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, _package("dependencies", "2.14.0", build="nuxt generate"), catalog)
    assert (made.image.stack, made.image.artifact) == ("node-static", "dist")


def test_nuxt_in_a_folder_of_its_own(tmp_path: Path, catalog: Catalog) -> None:
    files = _package("dependencies", "^3.12.0", build="nuxt build")
    made = converted(tmp_path, {f"site/{name}": text for name, text in files.items()}, catalog)
    assert made.image.directory == "site" and "COPY site .\n" in made.dockerfile
