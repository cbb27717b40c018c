#!/usr/bin/env python3
"""Writes the files that README.md shows into a project.

usage: readme.py README FOLDER

A block of Swift whose fence stands under a comment with a path, `<!-- Sources/Example/main.swift -->`, is that file.
A README that shows the first of them without a comment must show the same.
"""

import re
import sys
from pathlib import Path

NAMED = re.compile(r"<!-- (\S+\.swift) -->\n```swift\n(.*?)```\n", re.DOTALL)
BLOCK = re.compile(r"```swift\n(.*?)```\n", re.DOTALL)


def main():
    readme, folder = Path(sys.argv[1]), Path(sys.argv[2])
    files = NAMED.findall(readme.read_text(encoding="utf-8"))
    if not files:
        sys.exit(f"{readme} shows no file")
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # What has not changed is not built anew.
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
    front = (readme.parents[2] / "README.md").read_text(encoding="utf-8")
    for block in BLOCK.findall(front):
        if block != files[0][1]:
            sys.exit("README.md shows other lines of Swift than bindings/swift/README.md")


main()
