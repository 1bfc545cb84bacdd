"""ElastiCache: replication groups are containers."""

from typing import Any

from ministack.services import elasticache


def mend_caches(images: dict[str, str]) -> None:
    own = elasticache._engine_image_and_port

    def image_for(engine: str, *rest: Any) -> Any:
        image, *others = own(engine, *rest)
        return (images.get(engine, image), *others)

    elasticache._engine_image_and_port = image_for
