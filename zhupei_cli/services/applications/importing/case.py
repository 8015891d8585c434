"""What an import is asked, and one person of it: what is known of them, and what they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from zhupei_cli.rules.eligibility.requirement import NO_PAST, Past
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications.store import Form, SnapshotRow, Stored
from zhupei_cli.services.people.profiles import PersonKey, PersonRows, Profile
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.sheets.taking.lines import Line

Mode = Literal["upsert", "insert", "update"]


@dataclass(frozen=True, slots=True)
class Options:
    """How an import is to be done, as CONTRACT says it."""

    submit: bool = False
    mode: Mode = "upsert"
    profile_only: bool = False
    all_or_nothing: bool = False
    #: Why applications are taken outside the dates; None means that they are not.
    late_reason: str | None = None


class Taken(NamedTuple):
    """What is stored of a profile when it is submitted: the values of its snapshot, and their digest."""

    values: SnapshotRow
    digest: str


class Newcomer(NamedTuple):
    """One who is new, as rows without ids; `form` and `taken` where they apply, and submit it."""

    rows: PersonRows
    digest: str
    form: Form | None
    by_order: bool
    taken: Taken | None


@dataclass(slots=True)
class Case:
    """One person of an import: where their lines stand, who they were and become, what they apply for.

    `key` is None where a line says no number. `newcomer` is what is to be stored of somebody new of whom a
    copy of the process has told that nothing is wrong; their `lines` need not be looked at. `ambiguous` are
    lines of further sheets whose number several people have.
    """

    key: PersonKey | None
    at: Sequence[int]
    newcomer: Newcomer | None = None
    lines: list[Line] = field(default_factory=list)
    before: Profile | None = None
    ambiguous: bool = False
    #: There once the case is examined.
    after: Profile = field(init=False)
    live: Stored | None = None
    #: What they withdrew last of whom no application is live.
    withdrawn: Stored | None = None
    #: The batch in which the person holds a published seat of the year already.
    seated: str | None = None
    past: Past = NO_PAST
    form: Form | None = None
    profile_changed: bool = False
    form_changed: bool = False
    submit: bool = False

    @property
    def main(self) -> Line | None:
        """The line of 报名信息, where there is one."""
        first = self.lines[0]
        if first.kind == PERSON.key:  # as it mostly is
            return first
        return next((line for line in self.lines if line.kind == PERSON.key), None)

    @property
    def head(self) -> Line:
        """The line that is told what none says in particular."""
        return self.main or self.lines[0]

    @property
    def masked_number(self) -> str:
        """The number as messages name it."""
        return mask_id("" if self.key is None else self.key[1])

    @property
    def is_told(self) -> bool:
        """Say whether it is known what is to be stored."""
        return self.newcomer is not None and self.before is None and self.past is NO_PAST

    @property
    def has_faults(self) -> bool:
        """Say whether anything is told of the lines, and be it a warning."""
        return any([line.faults for line in self.lines])  # noqa: C419 (most have one)

    @property
    def refused(self) -> bool:
        return any([line.bad for line in self.lines])  # noqa: C419 (most have one)

    @property
    def verdict(self) -> str:
        """Say what the import does with the person: rejected, inserted, updated or unchanged."""
        if self.refused:
            return "rejected"
        if self.before is None:
            return "inserted"
        return "updated" if self.profile_changed or self.form_changed or self.submit else "unchanged"
