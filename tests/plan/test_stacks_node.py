"""Node applications, from their files to their Dockerfiles."""

from pathlib import Path

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog

SERVER = {
    "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}}',
    "app.js": "const app = require('express')();\napp.listen(process.env.PORT || 8000, process.env.HOST || '127.0.0.1');\n",
}


def test_the_image_listens_where_it_says_that_it_does(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = converted(tmp_path / "default", SERVER, catalog).dockerfile
    assert "    HOST=0.0.0.0" in dockerfile
    assert "EXPOSE 8000" in dockerfile
    readme = (
        "# Shop\n\n## Production\n\nOn the server it listens on port 9000:\n\n    PORT=9000 HOST=127.0.0.1 npm start\n"
    )
    found = converted(tmp_path / "told", SERVER | {"README.md": readme}, catalog)
    assert "EXPOSE 9000" in found.dockerfile
    assert "ENV NODE_ENV=production \\\n    PORT=9000 \\\n    HOST=0.0.0.0\n" in found.dockerfile


def test_a_host_that_is_another_machine_is_left_alone(tmp_path: Path, catalog: Catalog) -> None:
    code = SERVER["app.js"].replace("'127.0.0.1'", "'mail.example.com'")
    assert "HOST" not in converted(tmp_path, SERVER | {"app.js": code}, catalog).dockerfile
