"""Run every benchmark: `python -m bench`. Each prints ratios against a named reference of the same run."""

import subprocess
import sys
from pathlib import Path

for script in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    print(f"== {script.stem}", flush=True)
    subprocess.run([sys.executable, str(script)], check=True)  # noqa: S603 -- our own scripts
print("== classification", flush=True)
command = [sys.executable, "-m", "bench.classification", "--split", "tune"]
subprocess.run(command, check=True, cwd=Path(__file__).parents[1])  # noqa: S603 -- our own package
