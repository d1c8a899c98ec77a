"""Run every benchmark: `python -m bench`. Each prints ratios against a named reference of the same run."""

import subprocess
import sys
from pathlib import Path

for script in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    print(f"== {script.stem}", flush=True)
    subprocess.run([sys.executable, str(script)], check=True)  # noqa: S603 -- our own scripts
for module in (["bench.classification", "--split", "tune"], ["bench.classification.speed"], ["bench.sql_fuzz"]):
    print(f"== {module[0]}", flush=True)
    subprocess.run([sys.executable, "-m", *module], check=True, cwd=Path(__file__).parents[1])  # noqa: S603 -- our own
