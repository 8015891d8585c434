"""What a rule of eligibility is: what it looks at, by which terms, and what it says."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

Strictness = Literal["error", "warning", "off"]
#: Who is asked a rule: everybody (of an identity), who studies by order, who has a past.
Asked = Literal["everybody", "by_order", "with_past"]


class Past(NamedTuple):
    """What the years before say against somebody, each in words; None where they say nothing."""

    barred: str | None = None
    in_training: str | None = None
    retraining: str | None = None


NO_PAST: Final = Past()


# Tuples: a hundred thousand are made in one import, and a frozen dataclass takes five times as long.
class Applicant(NamedTuple):
    """What the rules look at: the highest education, the current employer, the form.

    Codes are those of `codes`; `employer_base` is the code of the base that the employer is, None when it
    is none. A fact that is not known (None) breaks no rule that is about its value: that it is missing is
    another check's matter.
    """

    identity: str | None
    level: str | None
    full_time: bool | None
    degree: str | None
    degree_type: str | None
    graduated_on: date | None
    major: str | None
    employer_name: str | None
    employer_base: str | None
    train_years: int | None
    specialty_category: str | None
    choice1_base: str | None
    source_type: str | None = None
    past: Past = NO_PAST
    by_order: bool | None = None
    order_base: str | None = None
    specialties: tuple[str, ...] = ()
    """those of all choices"""


class Terms(NamedTuple):
    """What a batch sets: its year, the length of the 择业期 in years, what is open to who studies by order.

    `names` are those of specialties by code and `bases` those of bases, for sentences.
    """

    year: int
    grad_years: int
    order_specialties: Collection[str] = ()
    names: Mapping[str, str] = {}
    source_types: Collection[str] = ()
    bases: Mapping[str, str] = {}

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year of graduation that count as 择业期."""
        return self.year - self.grad_years + 1, self.year


Values = dict[str, object]
Broken = Callable[[Applicant, Terms], Values | None]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule: `broken` returns the values of its sentence (catalogue `code`), None when all is well.

    `field` is the value people have to look at, `reads` are all it looks at; `identity` None means that it
    holds for everybody.
    """

    name: str
    description: str
    code: str
    field: str
    default: Strictness
    identity: str | None
    broken: Broken
    reads: frozenset[str]
    of: Asked = "everybody"


class Rulebook(list[Requirement]):
    """Rules about one thing, in the order they are reported."""

    def rule(
        self,
        name: str,
        description: str,
        *,
        code: str,
        field: str,
        default: Strictness,
        reads: str,
        identity: str | None = None,
        of: Asked = "everybody",
    ) -> Callable[[Broken], Broken]:
        """Add what the decorated function finds broken."""

        def add(broken: Broken) -> Broken:
            looked_at = frozenset(reads.split())
            self.append(Requirement(name, description, code, field, default, identity, broken, looked_at, of))
            return broken

        return add
