"""Marks, weights and the total: integers in hundredths, so that every sum is exact."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from zhupei_cli.words.errors import ZhupeiError

COMPONENTS: Final = ("written", "skill", "interview")
TIE_KEYS: Final = (*COMPONENTS, "submitted_at")

#: What stands for a mark where the person did not sit that part (缺考); None is a mark that was not given.
ABSENT_PART: Final = "absent"
#: A mark in hundredths, ABSENT_PART, or None.
Mark = int | Literal["absent"] | None

# Bounded, so that a pasted number of a million digits is refused and not computed with.
_DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,40})?")


class Record(NamedTuple):  # not a dataclass: made a hundred thousand at a time, in a third of the time
    """One score record: marks in hundredths, None for a missing one; `base` None is the common record."""

    base: str | None
    written: int | None
    skill: int | None
    interview: int | None


@dataclass(frozen=True, slots=True)
class Weights:
    """The three weights as they were written; only weights that sum to exactly 1 can exist (E430)."""

    written: str = "0.4"
    skill: str = "0.4"
    interview: str = "0.2"

    def __post_init__(self) -> None:
        for component, text in self.texts().items():
            if not _DECIMAL.fullmatch(text):
                raise ZhupeiError("E430", weights=self, problem=f"{component} 的权重“{text}”不是非负小数")
        *parts, scale = self.scaled()
        if sum(parts) != scale:
            raise ZhupeiError("E430", weights=self, problem="三项权重之和不等于 1")

    def __str__(self) -> str:
        return ",".join(f"{component}={text}" for component, text in self.texts().items())

    def texts(self) -> dict[str, str]:
        """Return component → weight as written."""
        return {"written": self.written, "skill": self.skill, "interview": self.interview}

    def scaled(self) -> tuple[int, int, int, int]:
        """Return the three weights as integers and the power of ten that stands for 1."""
        # Not Decimal: its sums round at 28 digits, and "exactly 1" would not be exact.
        texts = (self.written, self.skill, self.interview)
        places = max(len(text.partition(".")[2]) for text in texts)
        written, skill, interview = (_shifted(text, places) for text in texts)
        return written, skill, interview, 10**places


def parse_weights(text: str) -> Weights:
    """Read `written=0.4,skill=0.4,interview=0.2`; a component left out weighs 0. E430 when it cannot be."""
    given: dict[str, str] = {}
    for item in text.split(","):
        component, equals, weight = (part.strip() for part in item.partition("="))
        if not equals or component not in COMPONENTS:
            raise ZhupeiError("E430", weights=text, problem=f"看不懂“{item.strip()}”")
        if component in given:
            raise ZhupeiError("E430", weights=text, problem=f"{component} 写了两次")
        given[component] = weight
    return weights_from(given)


def weights_from(texts: Mapping[str, str]) -> Weights:
    """Return the weights of a mapping component → weight as written; a component left out weighs 0."""
    return Weights(**{component: texts.get(component, "0") for component in COMPONENTS})


def parse_tie_keys(text: str) -> tuple[str, ...]:
    """Read `written,skill,interview,submitted_at`; empty means none. E431 on an unknown or repeated key."""
    keys = tuple(key.strip() for key in text.split(",")) if text.strip() else ()
    return checked_tie_keys(keys)


def checked_tie_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Return `keys` if each is known and given once; else E431."""
    keys = tuple(keys)
    for number, key in enumerate(keys):
        if key not in TIE_KEYS:
            raise ZhupeiError("E431", tie_keys=",".join(keys), problem=f"没有“{key}”这一项")
        if key in keys[:number]:
            raise ZhupeiError("E431", tie_keys=",".join(keys), problem=f"{key} 写了两次")
    return keys


def scoring(weights: Weights) -> Callable[[Record], int | None]:
    """Return the function that totals one record: hundredths, rounded once, half-up; None without a total."""
    *parts, scale = weights.scaled()
    written, skill, interview = parts
    half = scale // 2

    def total(record: Record) -> int | None:
        weighted = half
        for weight, mark in ((written, record.written), (skill, record.skill), (interview, record.interview)):
            if weight:
                if mark is None:
                    return None
                weighted += weight * mark
        return weighted // scale

    return total


def total(record: Record, weights: Weights) -> int | None:
    """Return the total of one record in hundredths, None if a mark with a weight is missing."""
    return scoring(weights)(record)


def lacking(marks: Sequence[Mark], weights: Weights) -> tuple[list[str], list[str]]:
    """Return the components with a weight that were not sat (缺考), and those whose mark was not given."""
    parts = zip(COMPONENTS, marks, weights.scaled(), strict=False)
    weighted = [(name, mark) for name, mark, weight in parts if weight]
    absent = [name for name, mark in weighted if mark == ABSENT_PART]
    return absent, [name for name, mark in weighted if mark is None]


def mark_text(mark: int) -> str:
    """Return a mark, total or line in hundredths as text with two decimals: 8550 → 85.50."""
    return f"{mark // 100}.{mark % 100:02d}"


def shown_mark(mark: Mark) -> Decimal | str | None:
    """Return a mark as people read it: a number with two decimals, 缺考, or None."""
    return "缺考" if mark == ABSENT_PART else mark_number(mark if isinstance(mark, int) else None)


def mark_number(mark: int | None) -> Decimal | None:
    """Return a mark, total or line in hundredths as a number with two decimals, None as None."""
    return None if mark is None else Decimal(mark).scaleb(-2)


def _shifted(text: str, places: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(places, "0"))
