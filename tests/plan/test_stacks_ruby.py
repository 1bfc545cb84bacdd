"""Ruby: Rails with and without Node, Rack, servers by their gems, what a release does not do."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

RAILS = {
    "Gemfile": 'ruby "3.3.1"\ngem "rails", "~> 7.1"\ngem "pg"\ngem "puma"\n\ngroup :test do\n  gem "sqlite3"\nend\n',
    "config.ru": "run Rails.application\n",
    "config/application.rb": "module Docket; end\n",
    "config/database.yml": "production:\n  adapter: postgresql\n  url: <%= ENV.fetch('DATABASE_URL') %>\n",
    "db/migrate/20160101000000_create.rb": "",
    "app/assets/config/manifest.js": "",
}
RACK = {"Gemfile": 'gem "sinatra"\ngem "thin"\n', "config.ru": "run App\n", "app.rb": ""}


def test_rails(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, RAILS, catalog)
    assert (made.image.stack, made.image.version, made.image.workdir) == ("ruby-rails", "3.3", "")
    assert made.image.copy_first == ("Gemfile",) and made.image.prepare == ()
    assert made.image.build == (("bundle", "exec", "rake", "assets:precompile"),)
    assert made.image.build_environment == {
        "DATABASE_URL": "postgresql://unused@127.0.0.1/unused",
        "SECRET_KEY_BASE": "unused-in-build",
    }
    assert made.image.runtime_packages == ("libpq5",) and made.image.writable[:2] == ("/app/log", "/app/tmp")
    assert "BUNDLE_WITHOUT=development:test" in made.dockerfile
    assert "COPY --from=build /usr/local/bundle /usr/local/bundle" in made.dockerfile
    assert made.plan.services["web"].argv == ("bundle", "exec", "puma", "--bind", "tcp://0.0.0.0:3000")
    assert made.plan.release and made.plan.release.commands == (("bundle", "exec", "rails", "db:migrate"),)


def test_the_bundler_that_wrote_the_lock_file(tmp_path: Path, catalog: Catalog) -> None:
    lock = "GEM\n  specs:\n    rails (5.2.8)\n    puma (3.12.6)\n\nRUBY VERSION\n   ruby 2.6.10p210\n\nBUNDLED WITH\n   1.17.3\n"
    gemfile = 'gem "rails", "~> 5.2"\ngem "puma"\n'
    made = converted(tmp_path, RAILS | {"Gemfile": gemfile, "Gemfile.lock": lock}, catalog)
    assert made.image.version == "2.6" and "RP025" in made.codes
    assert made.image.prepare == (("gem", "install", "--no-document", "bundler", "--version", "1.17.3"),)
    assert made.image.copy_first == ("Gemfile", "Gemfile.lock")
    assert "FROM ruby:2.6-slim-bullseye" in made.dockerfile


def test_rails_with_node(tmp_path: Path, catalog: Catalog) -> None:
    gemfile = RAILS["Gemfile"] + 'gem "webpacker"\n'
    files = {"Gemfile": gemfile, "package.json": '{"dependencies": {"vue": "^2.6.0"}}', "yarn.lock": ""}
    made = converted(tmp_path, RAILS | files, catalog)
    assert made.image.stack == "ruby-rails" and made.image.assets is None
    assert made.image.runtime_packages == ("libpq5",)
    assert f"COPY --from={made.image.node_image} /usr/local/ /usr/local/" in made.dockerfile
    assert f"COPY --from={made.image.node_image} /opt/ /opt/" in made.dockerfile  # Yarn


@pytest.mark.parametrize(
    ("line", "needs_source"),
    [
        ('gem "calendar", path: "engines/calendar"', True),
        ('path "engines" do\n  gem "calendar"\nend', True),
        ("require File.join(File.dirname(__FILE__), 'lib/gemfile_helper.rb')", True),
        ('require_relative "config/plugins"', True),
        ('Dir.glob("plugins/*/Gemfile") { |file| eval_gemfile file }', True),
        ('gem "bootsnap", require: false # loads path: "x"', False),
        ('gem "evaluate", require: "evaluate/eval"', False),
    ],
)
def test_what_a_gemfile_reads_of_the_source_comes_before_the_install(
    tmp_path: Path, catalog: Catalog, line: str, needs_source: bool
) -> None:
    made = converted(tmp_path, RAILS | {"Gemfile": f"{RAILS['Gemfile']}{line}\n"}, catalog)
    steps = made.image.install_after_source if needs_source else made.image.install
    assert steps[0][:2] == ("bundle", "install") and bool(made.image.copy_first) is not needs_source


@pytest.mark.parametrize("filled", ["public/assets/application.css", "public/packs/application.js"])
def test_assets_that_come_with_the_source_are_not_built(tmp_path: Path, catalog: Catalog, filled: str) -> None:
    assert converted(tmp_path, RAILS | {filled: ""}, catalog).image.build == ()


def test_processes_and_release_of_the_readme(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Docket\n\n## Database\n\n```sh\nRAILS_ENV=production bundle exec rake db:create db:migrate\nbundle exec rake db:schema:load\n```\n\n"
        "## Run\n\n```sh\nbundle exec puma -d -b unix:///tmp/puma.sock -C config/puma.rb\nbundle exec sidekiq -d -e production -L log/sidekiq.log\n```\n"
    )
    made = converted(tmp_path, RAILS | {"README.md": readme}, catalog)
    assert {name: service.argv for name, service in made.plan.services.items()} == {
        "web": ("bundle", "exec", "puma", "-C", "config/puma.rb", "--bind", "tcp://0.0.0.0:3000"),
        "worker": ("bundle", "exec", "sidekiq", "-e", "production"),
    }
    assert made.plan.release and made.plan.release.commands == (("bundle", "exec", "rake", "db:migrate"),)
    told = [finding.message for finding in made.planned.findings if finding.code == "RP052"]
    assert len(told) == 2 and "db:create" in told[0] and "db:schema:load" in told[1]


def test_the_server_for_developers_is_replaced(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Docket\n\n## Run\n\n```sh\nbin/rails server -e production -p 3000\n```\n"
    made = converted(tmp_path, RAILS | {"README.md": readme}, catalog)
    assert made.plan.services["web"].argv[:3] == ("bundle", "exec", "puma")


def test_rack(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, RACK, catalog)
    assert (made.image.stack, made.image.version) == ("ruby-rack", "3.4")
    assert made.plan.services["web"].argv == (
        ("bundle", "exec", "thin", "start", "--address", "0.0.0.0", "--port", "9292")
    )
    assert made.image.build == () and made.plan.release is None
    assert "libssl3" not in made.image.runtime_packages  # of the slim image, for eventmachine


def test_rack_without_a_server_among_its_gems(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, RACK | {"Gemfile": 'gem "sinatra"\n'}, catalog)
    assert made.plan.services["web"].argv[2:] == ("rackup", "--host", "0.0.0.0", "--port", "9292", "config.ru")


def test_settings_with_a_default_are_not_made_up_for_the_build(tmp_path: Path, catalog: Catalog) -> None:
    puma = (
        'workers ENV.fetch("WORKERS", Etc.nprocessors)\nenvironment ENV.fetch("RAILS_ENV")\n'
        'pidfile ENV.fetch("PIDFILE") { "tmp/server.pid" }\nbind ENV.fetch("SOCKET")\n'
    )
    made = converted(tmp_path, RAILS | {"config/puma.rb": puma}, catalog)
    assert sorted(made.image.build_environment) == ["DATABASE_URL", "SECRET_KEY_BASE", "SOCKET"]


def test_tasks_of_rails_that_go_on_are_workers(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Docket\n\n## Run\n\n```sh\nbundle exec rails solid_queue:start\nbundle exec rake jobs:work\n```\n"
    made = converted(tmp_path, RAILS | {"README.md": readme}, catalog)
    kinds = {service.argv[-1]: service.kind for service in made.plan.services.values()}
    assert kinds == {"tcp://0.0.0.0:3000": "web", "solid_queue:start": "worker", "jobs:work": "worker"}


@pytest.mark.parametrize(
    ("files", "command"),
    [
        # Platforms tell the port by a variable; unicorn's settings stay.
        (
            {"Procfile": "web: bundle exec unicorn -p $PORT -c ./config/unicorn.rb\nconsole: bundle exec racksh\n"},
            ("bundle", "exec", "unicorn", "-c", "./config/unicorn.rb", "--listen", "0.0.0.0:8080"),
        ),
        # A program of another ecosystem, which the README installs for people's desks.
        (
            {
                "Procfile": "web: puma -C config/puma.rb -p ${PORT:-3000}\n",
                "README.md": "# Board\n\n## Running\n\n```bash\nnpm install -g deskapp\ndeskapp https://board.example.com\n```\n",
            },
            ("bundle", "exec", "puma", "-C", "config/puma.rb", "--bind", "tcp://0.0.0.0:8080"),
        ),
        # The daemon of a crontab is no web process, whatever an earlier attempt at containers calls it.
        (
            {"docker/supervisord.conf": "[program:cron]\ncommand=/usr/local/bin/supercronic /app/crontab\n"},
            ("bundle", "exec", "thin", "start", "--address", "0.0.0.0", "--port", "8080"),
        ),
    ],
)
def test_the_web_process_is_one_that_the_image_has(
    tmp_path: Path, catalog: Catalog, files: dict[str, str], command: tuple[str, ...]
) -> None:
    made = converted(tmp_path, RACK | {"Dockerfile": "FROM ruby:3.3\nEXPOSE 8080\n"} | files, catalog)
    assert set(made.plan.services) == {"web"}
    assert made.plan.services["web"].argv == command


def test_release_steps_are_told_once_and_run_with_the_pinned_gems(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Docket\n\n## Deployment\n\n```sh\nRAILS_ENV=production bundle exec rake db:migrate\n"
        "rake db:migrate RAILS_ENV=production\nrails db:migrate\n```\n"
    )
    made = converted(tmp_path, RAILS | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("bundle", "exec", "rake", "db:migrate"),)


def test_what_no_lock_file_pins_is_told(tmp_path: Path, catalog: Catalog) -> None:
    old = "# Changes\n\n## 1.2.0 (2019-03-04)\n"
    for name, lock, severity in (
        ("new", {"db/migrate/20260901000000_more.rb": ""}, "note"),
        ("old", {"CHANGELOG.md": old}, "warning"),
    ):
        (tmp_path / name).mkdir()
        made = converted(tmp_path / name, RAILS | lock, catalog)
        (finding,) = [found for found in made.planned.findings if found.code == "RP039"]
        assert finding.severity == severity and "rails, pg, puma" in finding.message
        assert "bundle lock" in finding.hint and ("2019-03-04" in finding.message) is (name == "old")
    (tmp_path / "locked").mkdir()
    pinned = "GEM\n  specs:\n    rails (7.1.3)\n    pg (1.5.4)\n    puma (6.4.0)\n"
    made = converted(tmp_path / "locked", RAILS | {"Gemfile.lock": pinned, "CHANGELOG.md": old}, catalog)
    assert "RP039" not in made.codes


def test_without_a_gemfile_the_readme_s_gems_and_a_server_are_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "config.ru": "require './app'\nrun App\n",
        "app.rb": "require 'sinatra/base'\nclass App < Sinatra::Base; end\n",
    }
    bare = converted(tmp_path / "bare", files, catalog)
    assert bare.image.build == (("bundle", "init"), ("bundle", "add", "puma", "rackup"))
    told = converted(
        tmp_path / "told", files | {"README.md": "# Hello\n\n```\ngem install sinatra\nrackup\n```\n"}, catalog
    )
    assert told.image.build[2] == ("bundle", "add", "sinatra")
    assert "COPY --from=build /usr/local/bundle /usr/local/bundle" in told.dockerfile


@pytest.mark.parametrize(
    ("gem", "bundler", "version"),
    [("rails (4.2.11)", "1.17.3", "2.5"), ("rails (6.0.6)", "2.1.4", "3.0"), ("sinatra (2.2.4)", "1.17.3", "3.1")],
)
def test_the_ruby_that_a_lock_file_s_gems_and_bundler_run_on(
    tmp_path: Path, catalog: Catalog, gem: str, bundler: str, version: str
) -> None:
    lock = f"GEM\n  specs:\n    {gem}\n    puma (3.12.6)\n\nBUNDLED WITH\n   {bundler}\n"
    files = RACK | {"Gemfile": f'gem "{gem.split()[0]}"\ngem "puma"\n', "Gemfile.lock": lock}
    assert converted(tmp_path, files, catalog).image.version == version
