"""Peak memory of a full scan of a large CSV file, which must not grow with the file.

Run: python bench/memory.py [GIGABYTES …]. Writes invented files of those sizes to a temporary folder, one after the
other, scans each by the command line and prints its peak.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAMES = ("王芳", "李娜", "张伟", "刘洋", "陈静", "赵磊", "欧阳明", "周杰")
HEADER = "客户号,姓名,手机号,证件号码,联系地址,保费,备注\n"
ROWS = 20_000
DIFFERENT = 60  # blocks; after them the file repeats itself


def block(first: int) -> str:
    """Give some rows; the identity numbers lie in a county that does not exist."""
    return "".join(
        f"C{n:010d},{NAMES[n % 8]},138{n % 10**8:08d},99010119900101{n % 10**4:04d},杭州市西湖区文三路{n % 999}号"
        f"{n % 30}幢{n % 9}单元,{n % 10**5 / 10},客户来电咨询保单{n}的理赔进度请尽快回复\n"
        for n in range(first, first + ROWS)
    )


def blocks() -> Iterator[bytes]:
    """Give blocks without end."""
    made = [block(place * ROWS).encode() for place in range(DIFFERENT)]
    while True:
        yield from made


def main() -> None:
    """Write, scan, print."""
    for size in map(float, sys.argv[1:] or ("0.2", "1")):
        with tempfile.TemporaryDirectory() as folder:
            path, written = Path(folder) / "big.csv", 0
            with path.open("wb") as file:
                file.write(HEADER.encode())
                for part in blocks():
                    written += file.write(part)
                    if written >= size * 10**9:
                        break
            command = [sys.executable, "-m", "governance.cli.main", "scan", str(path), "--full", "--json", "--quiet"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- our own command
            rows = json.loads(done.stdout)["datasets"][0]["sampled"]
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{written / 1e9:.1f} GB, {rows:,} rows: peak so far {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
