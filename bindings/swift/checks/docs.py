#!/usr/bin/env python3
"""Every public symbol of a module has a documentation comment of its own.

usage: docs.py GRAPH [TYPE...]    status 1 if one has none; GRAPH is a *.symbols.json of swift-symbolgraph-extract

With types named, it is about those and their members alone.
"""

import json
import sys


def main():
    path, types = sys.argv[1], sys.argv[2:]
    with open(path, encoding="utf-8") as file:
        graph = json.load(file)
    module = graph["module"]["name"]
    missing = []
    count = 0
    for symbol in graph["symbols"]:
        if types and symbol["pathComponents"][0] not in types:
            continue
        count += 1
        lines = symbol.get("docComment", {}).get("lines", [])
        if not any(line["text"].strip() for line in lines):
            missing.append(f"{module}.{'.'.join(symbol['pathComponents'])}")
    for name in sorted(missing):
        print(f"no documentation: {name}")
    print(f"{count} public symbols, {len(missing)} without documentation")
    sys.exit(1 if missing or count == 0 else 0)


main()
