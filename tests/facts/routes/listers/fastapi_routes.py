"""Routes of a FastAPI or Starlette application, run in its own environment: `python fastapi_routes.py module:app`."""

import importlib
import re
import sys

sys.path.insert(0, "")
module, name, call = re.fullmatch(r"([\w.]+):(\w+)(\(.*\))?", sys.argv[1]).groups()
app = getattr(importlib.import_module(module), name)
if call:
    app = eval("app" + call)


def walk(routes, before):
    for route in routes:
        if hasattr(route, "effective_route_contexts"):  # an included router, as newer ones keep it
            walk(route.effective_route_contexts(), before)
        elif type(route).__name__ == "Mount":
            walk(getattr(route, "routes", None) or [], before + route.path)
            if not getattr(route, "routes", None):
                print("any", before + route.path + "/{path:path}")
        else:
            methods = getattr(route, "methods", None)
            for method in sorted(methods - {"HEAD"}) if methods else ["any"]:
                print(method, before + route.path)


walk(app.routes, "")
