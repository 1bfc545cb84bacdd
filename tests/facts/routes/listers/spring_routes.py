"""Routes of a Spring application from what its actuator tells: `curl -s .../actuator/mappings | python3 spring_routes.py`."""

import json
import sys

for context in json.load(sys.stdin)["contexts"].values():
    for servlet in context["mappings"].get("dispatcherServlets", {}).values():
        for one in servlet:
            conditions = (one.get("details") or {}).get("requestMappingConditions")
            files = one["handler"].startswith("ResourceHttpRequestHandler")
            patterns = conditions["patterns"] if conditions else [one["predicate"]]
            for pattern in patterns:
                for method in (conditions or {}).get("methods") or ["GET" if files else "any"]:
                    print(method, pattern if pattern.startswith("/") else f"/{pattern}")
