"""Which readers there are. Order decides nothing here; ranking is the plan's business."""

from collections.abc import Iterator
from typing import Protocol, cast

from toolkit.facts.manifests import (
    app_json,
    cloud_foundry,
    compose_file,
    composer,
    crontab,
    dockerfile,
    dotnet_project,
    dotnet_settings,
    env_samples,
    gemfile,
    go_mod,
    go_vendoring,
    gradle_build,
    java_wrappers,
    maven_pom,
    npm_locks,
    package_json,
    pm2_ecosystem,
    pnpm_workspace,
    prisma_schema,
    procfile,
    pyproject_toml,
    python_locks,
    requirements_txt,
    setup_py,
    spring_properties,
    supervisor,
    systemd_unit,
    version_files,
    web_server_site,
    whenever,
)
from toolkit.facts.model import Fact
from toolkit.inventory.source_tree import SourceFile


class ManifestReader(Protocol):
    """A module of this package that reads one kind of file; it may also have `includes(file) -> Iterator[str]`."""

    __name__: str
    FILES: tuple[str, ...]

    def read(self, file: SourceFile) -> Iterator[Fact]:
        """The facts of one file. Raises Malformed where it cannot go on."""


READERS = cast(
    tuple[ManifestReader, ...],
    (
        maven_pom,
        java_wrappers,
        gradle_build,
        spring_properties,
        requirements_txt,
        pyproject_toml,
        setup_py,
        python_locks,
        version_files,
        package_json,
        pnpm_workspace,
        npm_locks,
        prisma_schema,
        composer,
        gemfile,
        dotnet_project,
        dotnet_settings,
        go_mod,
        go_vendoring,
        procfile,
        app_json,
        cloud_foundry,
        env_samples,
        systemd_unit,
        supervisor,
        crontab,
        pm2_ecosystem,
        web_server_site,
        whenever,
        dockerfile,
        compose_file,
    ),
)
