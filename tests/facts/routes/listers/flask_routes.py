"""Routes of a Flask application, run in its own environment: `python flask_routes.py module:app`, or `"module:create_app()"`."""

import importlib
import re
import sys

sys.path.insert(0, "")
module, name, call = re.fullmatch(r"([\w.]+):(\w+)(\(.*\))?", sys.argv[1]).groups()
app = getattr(importlib.import_module(module), name)
if call:
    app = eval("app" + call)
for rule in app.url_map.iter_rules():
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) or sorted(rule.methods):
        print(method, rule.rule)
