"""`python -m tests.trust [parts] [--share 0.1] [--on SQLite]`: make faults, print their table; 1 if one got through.

`--share` makes each fault less often, by that much, to have a table in minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time

from tests.trust.parts import KINDS, PARTS
from tests.trust.table import Fault, table


def main() -> int:
    asking = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    asking.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    asking.add_argument("--share", type=float, default=1.0)
    asking.add_argument("--on", choices=KINDS)
    asked = asking.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        asking.error(f"no such part: {', '.join(sorted(unknown))}")
    began, faults = time.monotonic(), list[Fault]()
    for name in asked.parts or PARTS:
        for kind in [asked.on] if asked.on else KINDS:
            since = time.monotonic()
            for fault in PARTS[name].make(kind, max(1, round(PARTS[name].times * asked.share))):
                faults.append(fault)
                print(f"… {' '.join(fault.cells())}", file=sys.stderr, flush=True)
                for sentence in [] if fault.planted else fault.wrong[:10]:
                    print(f"    {sentence[:300]}", file=sys.stderr)
            print(f"    {time.monotonic() - since:.0f} s", file=sys.stderr, flush=True)
    print(table(faults))
    spent = (time.monotonic() - began) / 60
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} processors; {spent:.0f} minutes.")
    through = [f"{fault.what}, {fault.kind}" for fault in faults if not fault.held]
    print("Every fault was borne." if not through else f"NOT BORNE: {'; '.join(through)}.")
    return bool(through)


sys.exit(main())
