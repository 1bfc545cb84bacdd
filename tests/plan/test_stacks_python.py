"""Python applications, from their files to their Dockerfiles."""

from pathlib import Path

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog


def test_an_application_that_nothing_tells_how_to_start_is_a_finding(tmp_path: Path, catalog: Catalog) -> None:
    found = converted(tmp_path, {"requirements.txt": "requests==2.32.3\n", "jobs.py": "print()\n"}, catalog)
    assert "RP053" in found.codes
    assert found.plan.services["web"].command == ()


def test_the_build_has_the_settings_module_that_the_code_leaves_open(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "from django.core.management import execute_from_command_line\n",
        "requirements.txt": "Django==2.2\n",
        "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "shop/settings/base.py": "INSTALLED_APPS = []\nSTATIC_ROOT = 'collected'\n",
        # The operators write shop/settings/production.py themselves, so the image's build cannot rely on it.
        "README.md": "# Shop\n\n## Deployment\n\n    export DJANGO_SETTINGS_MODULE=shop.settings.production\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.image.build_environment["DJANGO_SETTINGS_MODULE"] == "shop.settings.base"
    assert found.plan.environment["DJANGO_SETTINGS_MODULE"].values["production"] == "shop.settings.production"


def test_a_task_runner_s_task_of_the_same_name_does_not_collect_static_files_again(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "manage.py": "",
        "requirements.txt": "Django==2.2\n",
        "shop/settings.py": "INSTALLED_APPS = []\nSTATIC_ROOT = 'static'\n",
        "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "static/staticfiles.json": "{}",
        "README.md": "# Shop\n\n## Deployment\n\nBuild the assets:\n\n    gulp collectstatic\n",
    }
    assert converted(tmp_path / "gulp", files, catalog).image.build == ()
    files["README.md"] = files["README.md"].replace("gulp", "./manage.py")
    collected = ("python", "manage.py", "collectstatic", "--noinput")
    assert converted(tmp_path / "django", files, catalog).image.build == (collected,)
