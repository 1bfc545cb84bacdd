"""ASP.NET Core, worker services and the .NET Framework: projects of a solution, SDKs, migrations."""

import json
from pathlib import Path

import pytest

from toolkit.artefacts.ecs_service_config import render_configs
from toolkit.catalog.catalog import Catalog
from toolkit.plan.image_model import Image
from toolkit.plan.model import Plan, Service

from .from_files import converted

WEB = """<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.EntityFrameworkCore.Design" PrivateAssets="all" />
    <ProjectReference Include="..\\Data\\Data.csproj" />
  </ItemGroup>
</Project>
"""
DATA = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" /></ItemGroup>
</Project>
"""
PINS = """<Project><ItemGroup>
  <PackageVersion Include="Microsoft.EntityFrameworkCore.Design" Version="10.0.1" />
  <PackageVersion Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />
</ItemGroup></Project>
"""
SNAPSHOT = "[DbContext(typeof(CaseContext))]\npartial class CaseContextModelSnapshot : ModelSnapshot { }\n"
TESTS = '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.9.0" /></ItemGroup></Project>'
SOLUTION = {
    "Cases.sln": "",
    "Directory.Packages.props": PINS,
    "src/Web/Web.csproj": WEB,
    "src/Data/Data.csproj": DATA,
    "src/Data/Migrations/CaseContextModelSnapshot.cs": SNAPSHOT,
    "src/Checks/Checks.csproj": TESTS,
    "src/Tool/Tool.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>',
}
ONE = (
    '<Project Sdk="Microsoft.NET.Sdk.{}"><PropertyGroup><TargetFramework>{}</TargetFramework></PropertyGroup></Project>'
)
UPDATE = (
    "# Cases\n\n## Deployment\n\n```sh\ndotnet ef database update --project src/Data --startup-project src/Web\n```\n"
)


def test_one_image_for_the_project_that_runs_with_what_it_refers_to(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SOLUTION, catalog)
    assert (made.image.stack, made.image.version, made.image.directory) == ("dotnet", "10.0", "")
    assert made.image.copy_first == ("Directory.Packages.props", "src/Web/Web.csproj", "src/Data/Data.csproj")
    assert made.image.install == (("dotnet", "restore", "src/Web/Web.csproj"),)
    assert "COPY --from=build /app/src/Web/bin/publish ./" in made.dockerfile
    assert "ASPNETCORE_URLS=http://+:8080" in made.dockerfile and "USER 1654:1654" in made.dockerfile
    assert made.plan.services["web"].command == ("dotnet", "Web.dll")
    assert "RP025" not in made.codes


@pytest.mark.parametrize("readme", ["", UPDATE])
def test_migrations_become_a_program_that_needs_no_sdk(tmp_path: Path, catalog: Catalog, readme: str) -> None:
    made = converted(tmp_path, SOLUTION | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("/app/efbundle",),)
    (bundle,) = [step for step in made.image.build if "bundle" in step]
    assert bundle[bundle.index("--project") + 1] == "src/Data"
    assert bundle[-1] == "src/Web/bin/publish/efbundle"
    assert ("dotnet", "tool", "install", "dotnet-ef", "--tool-path", "/opt/dotnet-tools", "--version", "10.0.1") in (
        made.image.build
    )


@pytest.mark.parametrize(
    "change",
    [
        {"Directory.Packages.props": PINS.replace("10.0.1", "5.0.9")},
        {"src/Web/Web.csproj": WEB.replace("Microsoft.EntityFrameworkCore.Design", "Serilog")},
    ],
)
def test_migrations_that_no_bundle_can_apply_are_told(tmp_path: Path, catalog: Catalog, change: dict[str, str]) -> None:
    made = converted(tmp_path, SOLUTION | change | {"README.md": UPDATE}, catalog)
    assert "RP029" in made.codes and made.plan.release is None


def test_a_referenced_project_above_the_own_folder_widens_the_build_context(tmp_path: Path, catalog: Catalog) -> None:
    files = {name: text for name, text in SOLUTION.items() if name.startswith(("src/Web", "src/Data"))}
    made = converted(tmp_path, files, catalog)
    assert made.image.directory == "src"
    assert made.image.copy_first == ("Web/Web.csproj", "Data/Data.csproj")


@pytest.mark.parametrize(
    ("sdk", "image"),
    [
        ('{"sdk": {"version": "8.0.100"}}', "mcr.microsoft.com/dotnet/sdk:8.0.100"),
        ('{"sdk": {"version": "8.0.100", "rollForward": "latestFeature"}}', "mcr.microsoft.com/dotnet/sdk:8.0-bookworm-slim"),
        ('{"sdk": {"version": "10.0.100", "rollForward": "latestMajor"}}', "mcr.microsoft.com/dotnet/sdk:10.0-noble"),
        ('{"sdk": {"version": "9.0.100-preview.7"}}', "mcr.microsoft.com/dotnet/sdk:8.0-bookworm-slim"),
    ],
)  # fmt: skip
def test_the_sdk_that_global_json_asks_for(tmp_path: Path, catalog: Catalog, sdk: str, image: str) -> None:
    made = converted(tmp_path, {"Shop.csproj": ONE.format("Web", "net8.0"), "global.json": sdk}, catalog)
    assert (made.image.version, made.image.build_image) == ("8.0", image)
    assert made.image.runtime_image == "mcr.microsoft.com/dotnet/aspnet:8.0-bookworm-slim"
    assert "RP025" in made.codes  # support ended in November 2026


def test_a_worker_beside_a_web_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "Shop.sln": "",
        "src/Api/Api.csproj": ONE.format("Web", "netcoreapp3.1"),
        "src/Mail/Mail.csproj": ONE.format("Worker", "netcoreapp3.1"),
    }
    made = converted(tmp_path, files, catalog)
    kinds = {name: (service.kind, service.command) for name, service in made.plan.services.items()}
    assert kinds == {"api": ("web", ("dotnet", "Api.dll")), "mail": ("worker", ("dotnet", "Mail.dll"))}
    assert "EXPOSE" not in made.dockerfiles["mail"] and "ASPNETCORE_URLS" not in made.dockerfiles["mail"]


def test_node_where_the_project_calls_it(tmp_path: Path, catalog: Catalog) -> None:
    target = '<Target Name="Spa"><Exec Command="npm run build" WorkingDirectory="ClientApp" /></Target></Project>'
    files = {
        "Shop.csproj": ONE.format("Web", "net8.0").replace("</Project>", target),
        "ClientApp/package.json": '{"dependencies": {"react-scripts": "5.0.1"}, "engines": {"node": "20"}}',
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.node_image == "node:20-bookworm-slim"
    assert "COPY --from=node:20-bookworm-slim /usr/local/ /usr/local/" in made.dockerfile


def test_the_dotnet_framework_on_iis(tmp_path: Path, catalog: Catalog) -> None:
    project = (
        '<Project ToolsVersion="15.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><PropertyGroup>'
        "<ProjectTypeGuids>{349c5851-65df-11da-9384-00065b846f21}</ProjectTypeGuids>"
        "<TargetFrameworkVersion>v4.6.1</TargetFrameworkVersion></PropertyGroup></Project>"
    )
    files = {"Portal.sln": "", "Portal/Portal.csproj": project, "Portal/packages.config": "<packages />"}
    made = converted(tmp_path, files, catalog)
    assert (made.image.stack, made.image.version) == ("dotnet-framework", "4.8")
    assert made.image.copy_first == ("Portal.sln", "Portal/Portal.csproj", "Portal/packages.config")
    assert 'RUN ["nuget", "restore", "Portal/Portal.csproj", "-SolutionDirectory", "."]' in made.dockerfile
    assert "COPY --from=build /app/Portal/bin/publish ./" in made.dockerfile
    assert 'CMD ["C:\\\\ServiceMonitor.exe", "w3svc"]' in made.dockerfile
    assert made.plan.services["web"].port == 80 and "RP028" in made.codes


@pytest.mark.parametrize("size", ["low", "high"])
def test_a_windows_task_has_what_fargate_offers_for_windows(size: str, catalog: Catalog) -> None:
    image = Image(
        stack="dotnet-framework",
        version="4.8",
        build_image="a:1",
        runtime_image="a:1",
        operating_system="WINDOWS_SERVER_2022_CORE",
    )
    web = Service(kind="web", image="app", command=("a",), size=size, port=80, paths=("/*",), priority=1)
    plan = Plan(application="portal", images={"app": image}, services={"web": web})
    for artefact in render_configs(plan, catalog.templates, catalog.profiles, catalog.sizes):
        values = json.loads(artefact.text)["Parameters"]
        assert values["OperatingSystemFamily"] == "WINDOWS_SERVER_2022_CORE"
        assert int(values["CpuUnits"]) >= 1024 and int(values["MemoryMib"]) >= 2048
        assert not {"FargateSpotWeight", "ReadonlyRootFilesystem"} & set(values)


def test_what_is_shared_between_projects_is_there_for_the_restore(tmp_path: Path, catalog: Catalog) -> None:
    props = "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"
    files = SOLUTION | {"src/Directory.Build.props": props, "other/Directory.Build.props": props}
    made = converted(tmp_path, files, catalog)
    assert "src/Directory.Build.props" in made.image.copy_first
    assert "other/Directory.Build.props" not in made.image.copy_first


def test_where_the_server_listens_is_in_the_image_alone(tmp_path: Path, catalog: Catalog) -> None:
    compose = "services:\n  web:\n    build: .\n    environment:\n      ASPNETCORE_URLS: https://+:443;http://+:80\n"
    made = converted(tmp_path, SOLUTION | {"docker-compose.yml": compose}, catalog)
    assert "ASPNETCORE_URLS=http://+:8080" in made.dockerfile
    # A variable of the task would win over the image's.
    assert "ASPNETCORE_URLS" not in made.plan.environment


def test_projects_are_called_by_what_tells_them_apart_and_the_pages_come_first(
    tmp_path: Path, catalog: Catalog
) -> None:
    names = ("Example.Claims.Application.Api", "Example.Claims.Application.Api.External", "Example.Claims.Web")
    files = {f"src/{name}/{name}.csproj": ONE.format("Web", "net10.0") for name in names}
    services = converted(tmp_path, files | {"Claims.sln": ""}, catalog).plan.services
    assert {name: service.paths[0] for name, service in services.items()} == {
        "application-api": "/application-api/*",
        "application-api-external": "/application-api-external/*",
        "web": "/*",
    }


@pytest.mark.parametrize(
    ("package", "settings", "expected"),
    [
        ("Microsoft.EntityFrameworkCore.SqlServer", '{"ConnectionStrings": {"Claims": "Server=.;Database=Claims;Trusted_Connection=True"}}',
         "Server={database.host},{database.port};Database={database.name};User Id={database.username};"),
        ("Npgsql", '{"ConnectionStrings": {"Claims": "Host=db;Database=claims;Username=app;Password=hunter2"}}', "Host={database.host};"),
        ("Microsoft.EntityFrameworkCore.SqlServer", '{"ConnectionStrings": {"DefaultConnection": ""}}', "Server={database.host},"),
        ("Microsoft.EntityFrameworkCore.SqlServer", '{"ConnectionStrings": {"Redis": "cache:6379"}}', None),
        ("Microsoft.EntityFrameworkCore.SqlServer", '{"ConnectionStrings": {"Storage": "UseDevelopmentStorage=true"}}', None),
    ],
)  # fmt: skip
def test_connection_strings_of_the_database_are_built_from_it(
    package: str, settings: str, expected: str | None, tmp_path: Path, catalog: Catalog
) -> None:
    reference = f'<ItemGroup><PackageReference Include="{package}" Version="9.0.0" /></ItemGroup></Project>'
    files = {
        "Claims.csproj": ONE.format("Web", "net10.0").replace("</Project>", reference),
        "appsettings.json": settings,
    }
    made = converted(tmp_path, files, catalog)
    (variable,) = (v for name, v in made.plan.environment.items() if name.startswith("ConnectionStrings__"))
    assert (variable.reference or "").startswith(expected) if expected else variable.secret
    assert ("RP044" in made.codes) is (expected is None)


def test_a_windows_service_is_told_and_the_site_beside_it_keeps_its_database(tmp_path: Path, catalog: Catalog) -> None:
    project = (
        "<Project><PropertyGroup>{}<TargetFrameworkVersion>v4.7.2</TargetFrameworkVersion></PropertyGroup>{}</Project>"
    )
    site = "<ProjectTypeGuids>{349c5851-65df-11da-9384-00065b846f21}</ProjectTypeGuids>"
    files = {
        "Claims.sln": "",
        "Site/Site.csproj": project.format(site, ""),
        "Site/Web.config": '<configuration><connectionStrings><add name="Claims" connectionString="Data Source=.;Initial Catalog=Claims" /></connectionStrings></configuration>',
        "Mailer/Mailer.csproj": project.format("<OutputType>Exe</OutputType>", '<ItemGroup><Reference Include="System.ServiceProcess" /></ItemGroup>'),
    }  # fmt: skip
    made = converted(tmp_path, files, catalog)
    (told,) = (finding for finding in made.planned.findings if finding.code == "RP087")
    assert "Mailer.csproj" in told.message and str(told.evidence[0]) == "Mailer/Mailer.csproj:1"
    assert made.plan.datastores["database"].engine == "sqlserver"
