"""The field's words: codes as they are stored, labels as people read them, spellings met in workbooks."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class BatchStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"
    COMMITTED = "committed"
    PUBLICITY = "publicity"
    FINAL = "final"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class ApplicationStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AdmissionStatus(StrEnum):
    PROPOSED = "proposed"
    NOT_ADMITTED = "not_admitted"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REVOKED = "revoked"
    REPORTED = "reported"
    NO_SHOW = "no_show"


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    REVOKE = "revoke"


class Identity(StrEnum):
    OWN = "own"
    SOCIAL = "social"
    ENTRUSTED = "entrusted"


class Rule(StrEnum):
    CHOICE_FIRST = "choice-first"
    SCORE_FIRST = "score-first"
    STABLE = "stable"


class Outcome(StrEnum):
    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"


class CodeTable:
    """A closed list of codes with labels and the other spellings people use for them."""

    def __init__(self, name: str, labels: Mapping[str, str], aliases: Mapping[str, str] | None = None) -> None:
        self.name: Final = name
        self.labels: Final = dict(labels)
        self._codes = {label: code for code, label in self.labels.items()}
        self._codes.update({code: code for code in self.labels})
        self._codes.update(aliases or {})

    def parse(self, text: str) -> str | None:
        """Return the code for a code, label or known spelling; None when the word is not known."""
        return self._codes.get(text)

    def label(self, code: str) -> str:
        """Return the label of `code`; KeyError when it is no code of this table."""
        return self.labels[code]

    def words(self) -> Iterable[str]:
        """Return the labels in their order, as a drop-down offers them."""
        return self.labels.values()
