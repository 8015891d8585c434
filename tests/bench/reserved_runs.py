"""Time `admit run` with seats reserved everywhere: `python -m tests.bench.reserved_runs [PEOPLE]`.

100,000 candidates, 5,000 places, unless told another number; whole programs on SQLite, the median of three
each, in turn. Prints the seconds of each rule with and without, and their ratio.
"""

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.bench.admission import BASES, RULES, SPECIALTIES, seconds
from tests.builders import drawn_world, store_world
from zhupei_cli.rules.admission.run import Inputs, Place
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

_WHO = ("own", "entrusted", "social")
_TIMES = 3


def reserved(place: Place) -> Place:
    """Return a place with a third of its seats reserved for each identity, within the limits."""
    third = place.quota // len(_WHO)
    shares = {who: min(third, place.limits.get(who, third)) for who in _WHO}
    return replace(place, reserves={who: seats for who, seats in shares.items() if seats})


def _store(path: Path, inputs: Inputs) -> None:
    create(f"sqlite:///{path}")
    with transaction(f"sqlite:///{path}") as session:
        store_world(session, inputs)


def main(people: int, folder: Path) -> None:
    """Print all figures."""
    inputs = drawn_world(people, bases=BASES, specialties=SPECIALTIES)
    kept = replace(inputs, places=tuple(map(reserved, inputs.places)))
    print(
        f"{sum(bool(one.reserves) for one in kept.places)} of {len(kept.places)} places reserve", flush=True
    )
    sides = {"without": folder / "without.sqlite", "with": folder / "with.sqlite"}
    for path, world in zip(sides.values(), (inputs, kept), strict=True):
        _store(path, world)
    program, copy = str(Path(sys.executable).parent / "zhupei"), folder / "copy.sqlite"
    for rule in RULES:
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(_TIMES):
            for name, path in sides.items():
                shutil.copyfile(path, copy)
                taken[name].append(seconds(f"sqlite:///{copy}", program, "admit", "run", "--rule", rule))
        without, kept_ = (median(taken[name]) for name in ("without", "with"))
        print(f"{rule:<14}{without:8.2f} s{kept_:8.2f} s{kept_ / without:8.2f} ×", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(temporary))
