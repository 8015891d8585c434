"""Soak the rules with reserved seats: `python -m tests.bench.reserves [INSTANCES [SEED]]`, 20,000 by default.

`stable` against every result of tiny rounds and in any order of proposals; `choice-first` against the rules
read aloud. Prints how many held; the first that does not ends it with its number.
"""

import sys
from random import Random

from tests.rules.audited_twice import audit
from tests.rules.reference_admission import reference
from tests.rules.tiny_reserves import check_stable, draw
from zhupei_cli.rules.admission.admission import admit


def main(instances: int, seed: int) -> None:
    """Check as many instances, each drawn from its own number."""
    for number in range(seed, seed + instances):
        random = Random(number)
        tiny = draw(random)
        try:
            check_stable(tiny, random)
            inputs = tiny.inputs("choice-first")
            rows = admit(inputs)
            assert rows == reference(inputs)
            assert audit(inputs, rows) == []
        except AssertionError:
            print(f"instance {number}: {tiny}", flush=True)
            raise
    print(f"{instances} instances held")


if __name__ == "__main__":
    given = [*map(int, sys.argv[1:]), *(20_000, 0)[len(sys.argv) - 1 :]]
    main(*given)
