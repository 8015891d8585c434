"""One admission run as values: all that can change the result goes in, one row per candidate comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from zhupei_cli.rules.admission.scores import TIE_KEYS, Record, Weights
from zhupei_cli.rules.people.orders import astray
from zhupei_cli.words.vocabulary import Outcome, Rule

Spot = tuple[str, str]  # base code, specialty code


class Round(StrEnum):
    MAIN = "main"
    ADJUST = "adjust"  # the adjustment step alone, after a result is committed
    REFILL = "refill"  # 递补: seats given up, offered to those without one, computed as a main run is


class AdjustScope(StrEnum):
    SPECIALTY = "specialty"
    CATEGORY = "category"


class Reason(StrEnum):
    ABSENT = "absent"
    BELOW_LINE = "below_line"
    NO_VACANCY = "no_vacancy"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Place:
    """Seats of one specialty at one base; `min_score` in hundredths, `limits` identity → most seats.

    `capacity` has no say in admission: it is here lest the plan's digest cannot be told from the inputs.
    `reserves` identity → seats it comes first for; an identity without any is left out.
    """

    base: str
    specialty: str
    quota: int
    min_score: int | None = None
    stopped: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    capacity: int | None = None
    reserves: Mapping[str, int] = field(default_factory=dict)

    @property
    def spot(self) -> Spot:
        return self.base, self.specialty


class Candidate(NamedTuple):
    """An approved application without a seat; at most one record per base and one common record.

    `submitted_at` is the first submission as UTC text to the second, `2024-06-04T02:00:00Z`. Who studies by
    order (订单定向) is adjusted to the specialties of the order alone.
    """

    no: str
    identity: str
    choices: tuple[Spot, ...]
    accept_adjust: bool
    submitted_at: str
    records: tuple[Record, ...]
    by_order: bool = False


@dataclass(frozen=True, slots=True)
class RunSpecialty:
    category: str | None
    shortage: bool


class Held(NamedTuple):
    """One earlier live admission of the batch: it holds a seat and counts against limits too."""

    base: str
    specialty: str
    identity: str


class MainRun(NamedTuple):
    """The committed main run that a refill goes by: its number, and the digest of its inputs."""

    run: int
    inputs_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that can change a run's result. `cities` base → city, `specialties` code → its kind.

    `main` of a refill alone. `order_specialties` are those open to who studies by order.
    """

    places: tuple[Place, ...]
    candidates: tuple[Candidate, ...]
    cities: Mapping[str, str | None]
    specialties: Mapping[str, RunSpecialty]
    weights: Weights = field(default_factory=Weights)
    tie_keys: tuple[str, ...] = TIE_KEYS
    min_score: int | None = None
    adjust_scope: str = AdjustScope.SPECIALTY
    rule: str = Rule.CHOICE_FIRST
    round: str = Round.MAIN
    adjust: bool = True
    held: tuple[Held, ...] = ()
    main: MainRun | None = None
    order_specialties: frozenset[str] = frozenset()

    def open_to(self, candidate: Candidate, specialty: str) -> bool:
        """Return whether `candidate` may be adjusted to a specialty, whatever the scope of the batch."""
        return not astray((specialty,), self.order_specialties, by_order=candidate.by_order)


class ResultRow(NamedTuple):
    """What one candidate got: a seat, `via` `choice1`, `choice2`, … or `adjust`; or the reason for none."""

    no: str
    outcome: str
    base: str | None = None
    specialty: str | None = None
    via: str | None = None
    total: int | None = None
    rank: int | None = None
    reason: str | None = None

    @property
    def admitted(self) -> bool:
        return self.outcome == Outcome.ADMITTED

    @property
    def spot(self) -> Spot | None:
        if self.base is None or self.specialty is None:
            return None
        return self.base, self.specialty
