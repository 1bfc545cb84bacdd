"""Java: archives that start by themselves, commands that name them, build tools of their time."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

PLUGIN = "<plugin><artifactId>spring-boot-maven-plugin</artifactId>{}</plugin>"
PARENT = (
    "<parent><groupId>org.springframework.boot</groupId><artifactId>{}</artifactId><version>2.7.18</version></parent>"
)
MAIN = "package shop;\n@SpringBootApplication\npublic class Shop {\n  public static void main(String[] a) {}\n}\n"


def war(parent: str = PARENT.format("spring-boot-starter-parent"), plugin: str = PLUGIN.format("")) -> dict[str, str]:
    pom = (
        f"<project>{parent}<artifactId>shop</artifactId><version>1.0</version><packaging>war</packaging>"
        f"<properties><java.version>17</java.version></properties><build><plugins>{plugin}</plugins></build></project>"
    )
    return {"pom.xml": pom, "src/main/java/shop/Shop.java": MAIN}


@pytest.mark.parametrize(
    ("readme", "stack"),
    [
        ("Run `mvn spring-boot:run`.", "java-spring-boot-war"),
        ("No Tomcat needs to be installed: it is embedded.", "java-spring-boot-war"),
        ("Copy `target/shop-1.0.war` to the `webapps` folder.", "java-war-tomcat9"),
        ("Deploy the war file to Tomcat 9.", "java-war-tomcat9"),
    ],
)
def test_a_war_with_a_server_inside_starts_by_itself_unless_a_readme_has_it_in_another(
    tmp_path: Path, catalog: Catalog, readme: str, stack: str
) -> None:
    made = converted(tmp_path, war() | {"README.md": f"# Shop\n\n{readme}\n"}, catalog)
    assert made.image.stack == stack
    assert ("/usr/local/tomcat/webapps/ROOT.war" in made.dockerfile) == (stack == "java-war-tomcat9")
    assert ("/app/target/shop-1.0.war /app/app.war" in made.dockerfile) == (stack == "java-spring-boot-war")


@pytest.mark.parametrize(
    ("plugin", "stack"),
    [
        ("", "java-war-tomcat9"),
        ("<executions><execution><goals><goal>repackage</goal></goals></execution></executions>", "java-spring-boot-war"),
        ("<configuration><skip>true</skip></configuration>", "java-war-tomcat9"),
    ],
)  # fmt: skip
def test_without_spring_s_parent_the_goal_has_to_be_bound(
    tmp_path: Path, catalog: Catalog, plugin: str, stack: str
) -> None:
    made = converted(tmp_path, war(PARENT.format("firm-parent"), PLUGIN.format(plugin)), catalog)
    assert made.image.stack == stack


@pytest.mark.parametrize(
    ("told", "command"),
    [
        ("java -Xmx512m -jar target/shop-1.0.war --debug", ("java", "-Xmx512m", "-jar", "/app/app.war", "--debug")),
        ("java -jar -Dspring.profiles.active=mysql target/shop-1.0.war",
         ("java", "-jar", "-Dspring.profiles.active=mysql", "/app/app.war")),
    ],
)  # fmt: skip
def test_the_archive_is_where_the_image_has_it(
    tmp_path: Path, catalog: Catalog, told: str, command: tuple[str, ...]
) -> None:
    made = converted(tmp_path, war() | {"README.md": f"# Shop\n\n## Start\n\n```\n{told}\n```\n"}, catalog)
    assert made.plan.services["web"].command == command


@pytest.mark.parametrize(("gradle", "java"), [("4.10.3", "8"), ("6.9", "11"), ("7.6", "17"), ("8.10", "17")])
def test_an_old_wrapper_gets_a_jdk_that_its_gradle_runs_on(
    tmp_path: Path, catalog: Catalog, gradle: str, java: str
) -> None:
    files = {
        "build.gradle": "apply plugin: 'java'\napply plugin: 'war'\n",
        "settings.gradle": "rootProject.name = 'shop'\n",
        "gradlew": "#!/bin/sh\n",
        "gradle/wrapper/gradle-wrapper.properties": f"distributionUrl=https\\://example.org/gradle-{gradle}-bin.zip\n",
        "src/main/webapp/WEB-INF/web.xml": "<web-app/>\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.version == java and f"FROM eclipse-temurin:{java}-jdk AS build" in made.dockerfile
