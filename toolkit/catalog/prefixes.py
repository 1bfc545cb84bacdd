"""How a program learns of a prefix: the first part of its paths that its own routes do not have."""

from pydantic import Field

from toolkit.catalog.load import Entry


class Prefix(Entry):
    """What makes an application answer below a prefix. `{prefix}` stands for it: `/admin`.

    Where nothing tells the application, its links leave the prefix out; `advice` says how its code could learn of it.
    """

    environment: dict[str, str] = Field({}, description="Variables that tell it.")
    context_path: bool = Field(False, description="Whether it follows from the context path of the image.")
    rewrite: bool = Field(True, description="Whether the load balancer takes the prefix off what it forwards.")
    unless: str = Field("", description="A part of the start command with which nothing tells it.")
    advice: str = ""

    @property
    def tells(self) -> bool:
        return self.context_path or bool(self.environment)
