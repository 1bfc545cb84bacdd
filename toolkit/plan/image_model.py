"""The plan's part about images: what the stages of a Dockerfile are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from toolkit.plan.field_types import Arguments, OneLine, PathNear, RelativePath, Section, VariableName


class Stage(Section):
    """What a build stage is made of; where the source is needed, it is copied before."""

    stack: str = Field(description="A folder of blueprints/stacks.")
    directory: RelativePath = Field(
        "", description="Folder of the source tree that is the build context; empty for its root."
    )
    version: OneLine = Field(description="Version of the language, as the stack's releases list it.")
    build_image: OneLine = Field(description="Base image of the build stage, with its tag.")
    package_manager: OneLine = Field("", description="One of the stack's package managers.")
    manifest: RelativePath = Field("", description="The file that names the dependencies, relative to `directory`.")
    copy_first: tuple[RelativePath, ...] = Field(
        (), description="Files of the dependency layer, relative to `directory`."
    )
    prepare: tuple[Arguments, ...] = Field((), description="Commands that install the package manager itself.")
    install: tuple[Arguments, ...] = Field(
        (), description="Commands that install the dependencies, before the source is copied."
    )
    resolved_before: Annotated[str, StringConstraints(pattern=r"^(20\d\d-[01]\d-[0-3]\d)?$")] = Field(
        "",
        description="Day of the application's last change, for `{day}`, `{days}` and `{tools}` in `install`, which takes nothing published later.",
    )
    install_after_source: tuple[Arguments, ...] = Field((), description="The same, for those that need the source.")
    build: tuple[Arguments, ...] = Field(
        (), description="Commands that build the application, after the source is copied."
    )
    prune: tuple[Arguments, ...] = Field((), description="Commands that take away what only the build needed.")
    install_environment: dict[VariableName, OneLine] = Field(
        {}, description="Variables of the install, which keep it from fetching what only developers use."
    )
    build_environment: dict[VariableName, OneLine] = Field(
        {}, description="Variables of the build stage; never secrets."
    )
    build_packages: tuple[OneLine, ...] = Field((), description="Debian packages of the build stage.")


class Assets(Stage):
    """The stage in which Node builds style sheets and scripts for an application in another language."""

    take: tuple[RelativePath, ...] = Field(
        (), description="Folders of the build stage that are needed before, relative to the image's `directory`."
    )
    outputs: tuple[PathNear, ...] = Field(
        (), description="What is taken over from the stage, relative to the image's `directory`; all of it when empty."
    )


class Image(Stage):
    """What a container image is built from; services that share one differ in their command alone."""

    workdir: RelativePath = Field(
        "", description="Folder below `directory` where the processes start; empty for itself."
    )
    member: RelativePath = Field(
        "",
        description="Folder below `directory` of the member, where that is a workspace with other applications in it.",
    )
    node_image: OneLine = Field(
        "", description="Image of Node, where the build of another language calls it by itself."
    )
    assets: Assets | None = Field(None, description="Style sheets and scripts that Node builds in a stage of its own.")
    runtime_image: OneLine = Field(description="Base image of the run-time stage, with its tag.")
    operating_system: Literal["LINUX", "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_CORE"] = Field(
        "LINUX", description="What ECS calls OperatingSystemFamily: the system of the base images."
    )
    environment: dict[VariableName, OneLine] = Field(
        {}, description="Variables of the run-time stage in every environment, such as where to listen; never secrets."
    )
    runtime_packages: tuple[OneLine, ...] = Field((), description="Debian packages of the run-time stage.")
    extensions: tuple[OneLine, ...] = Field((), description="Extensions of PHP that the run-time stage adds.")
    document_root: RelativePath = Field("", description="Folder below `directory` that is served; empty for itself.")
    front_controller: RelativePath = Field(
        "", description="Script of the served folder that answers what is no file; empty where .htaccess decides."
    )
    php_settings: dict[OneLine, OneLine] = Field({}, description="Settings of php.ini that the code needs.")
    constraints: tuple[OneLine, ...] = Field(
        (), description="Bounds on what the dependencies leave open, as pip's constraints files have them."
    )
    artifact: OneLine = Field(
        "", description="What the run-time stage takes from the build stage, relative to `directory`."
    )
    context_path: OneLine = Field(
        "", description="What Tomcat serves the application below, without `/` around it; empty for the root."
    )
    writable: tuple[OneLine, ...] = Field(
        (), description="Folders that the application writes to, absolute or below /app."
    )
    owned: tuple[OneLine, ...] = Field(
        (),
        description="Files of the source that the application rewrites, and folders of code in which it makes new files: its user"
        " owns them, and not what lies in them.",
    )
