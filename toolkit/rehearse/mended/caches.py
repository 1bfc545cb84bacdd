"""ElastiCache: replication groups are containers."""

from pathlib import Path
from typing import Any

from ministack.services import elasticache


def mend_caches(images: dict[str, str]) -> None:
    own = elasticache._engine_image_and_port

    def image_for(engine: str, *rest: Any) -> Any:
        image, *others = own(engine, *rest)
        return (images.get(engine, image), *others)

    elasticache._engine_image_and_port = image_for


def write_authority(file: Path) -> None:
    """The certificate of the authority that signs those of caches. On AWS that is one which every program trusts."""
    certificate, _ = elasticache._ensure_serverless_ca()
    file.write_text(certificate, encoding="utf-8")
