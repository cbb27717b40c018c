"""LLVM's tools, on the path or as `build` unpacks them on Debian."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "warifu"


def tool(name: str, *arguments: object) -> str:
    """What it prints; where it fails, this program ends and says why."""
    debian = CACHE / "android-compiler" / "root" / "usr"
    environment = dict(os.environ)
    path = shutil.which(name)
    if path is None:
        path = str(debian / "lib/llvm-19/bin" / name)
        libraries = [debian / "lib/x86_64-linux-gnu", debian / "lib/llvm-19/lib"]
        environment["LD_LIBRARY_PATH"] = ":".join(map(str, libraries))
    run = subprocess.run([path, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{Path(sys.argv[0]).name}: {name}: {run.stderr.strip()[:800]}")
    return run.stdout
