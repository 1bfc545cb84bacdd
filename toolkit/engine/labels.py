"""Labels of what we make on an engine: the only things that we ever remove."""

APPLICATION = "replatform.application"
SERVICE = "replatform.service"
ROLE = "replatform.role"
# After the name of a service: its image with the code of all services, for a comparison.
UNDIVIDED = "-whole"


def labels(application: str, service: str = "", role: str = "") -> dict[str, str]:
    values = {APPLICATION: application, SERVICE: service, ROLE: role}
    return {name: value for name, value in values.items() if value}


def image_tag(application: str, service: str) -> str:
    """The local name of a service's image. Its digest, not this name, is what a pipeline would push."""
    return f"replatform/{application}-{service}:local"
