"""Java: a web archive that a build of several modules makes, and what no image of it can start."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import Converted, converted

POM = "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>%s</artifactId><version>1</version>%s</project>"
PARENT = "<parent><groupId>org.example</groupId><artifactId>claims</artifactId><version>1</version></parent>"
SERVLET = "<dependency><groupId>javax.servlet</groupId><artifactId>servlet-api</artifactId><version>2.5</version></dependency>"
CORE = "<dependency><groupId>org.example</groupId><artifactId>core</artifactId><version>1</version></dependency>"
TREE = {
    "pom.xml": POM % ("claims", "<packaging>pom</packaging><modules><module>core</module><module>portal</module></modules>"),
    "core/pom.xml": POM % ("core", PARENT + f"<dependencies>{SERVLET}</dependencies>"),
    "portal/pom.xml": POM % ("portal", PARENT + f"<packaging>war</packaging><dependencies>{CORE}</dependencies>"),
}  # fmt: skip


def made(folder: Path, catalog: Catalog, **more: str) -> Converted:
    return converted(
        folder, TREE | {name.replace("__", "/").replace("_md", ".md"): text for name, text in more.items()}, catalog
    )


def test_a_war_is_built_with_the_modules_that_it_needs(tmp_path: Path, catalog: Catalog) -> None:
    image = made(tmp_path, catalog).image
    assert (image.stack, image.directory, image.artifact) == ("java-war-tomcat9", "", "portal/target/portal-1.war")
    assert image.copy_first == ("pom.xml", "core/pom.xml", "portal/pom.xml")
    assert image.build == (("mvn", "--batch-mode", "-DskipTests", "-pl", "portal", "-am", "package"),)


def test_two_wars_of_one_build_are_two_images(tmp_path: Path, catalog: Catalog) -> None:
    second = TREE["portal/pom.xml"].replace("<artifactId>portal<", "<artifactId>services<")
    whole = TREE["pom.xml"].replace("</modules>", "<module>./services</module></modules>")
    plan = converted(tmp_path, TREE | {"pom.xml": whole, "services/pom.xml": second}, catalog).plan
    assert {name: image.artifact for name, image in plan.images.items()} == {
        "portal": "portal/target/portal-1.war",
        "services": "services/target/services-1.war",
    }


def test_tomcat_starts_no_jar_and_no_script_that_is_not_there(tmp_path: Path, catalog: Catalog) -> None:
    tools = "# Browser tests\n\n```\njava -jar install_recorder.jar\nstart_recorder.sh\n```\n"
    plan = made(tmp_path, catalog, README_md=tools, tools__README_md=tools).plan
    assert plan.services["web"].argv == ("catalina.sh", "run")
