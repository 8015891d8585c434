"""Read mutants of large sheets in several ways: `python -m tests.bench.mutants [COUNT [SEED]]`.

Each is read by ours with and without its fast pattern, by python-calamine, and every tenth by openpyxl.
Prints how many differ, and where; exits 1 when any does.
"""

import sys
import tempfile
import warnings
from itertools import islice
from pathlib import Path

from tests.sheets.large_mutants import differences, mutants, write


def main(count: int, seed: int) -> int:
    """Print what differs; return how many mutants do."""
    warnings.simplefilter("ignore")
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, xml in enumerate(islice(mutants(seed), count)):
            found = differences(write(Path(folder) / "a.xlsx", xml), slow=number % 10 == 0)
            differing += bool(found)
            for what in found[:3]:
                print(f"{number}: {what}", flush=True)
    print(f"{count} mutants, {differing} differ")
    return differing


if __name__ == "__main__":
    given = [*map(int, sys.argv[1:]), *(1_500, 1)[len(sys.argv) - 1 :]]
    sys.exit(main(*given) > 0)
