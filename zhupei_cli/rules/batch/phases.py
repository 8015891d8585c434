"""How long what may change in a batch: the states of each phase of its settings."""

from collections.abc import Mapping
from typing import Final

from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

_STRUCTURE = frozenset({BatchStatus.DRAFT})
_PARAMETERS = _STRUCTURE | {BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED}
_DATES = _PARAMETERS | {BatchStatus.COMMITTED, BatchStatus.PUBLICITY}

#: The plan changes like the parameters of admission; `always` is for whom to ask (contact).
CHANGEABLE: Final[Mapping[str, frozenset[BatchStatus]]] = {
    "structure": _STRUCTURE,
    "parameters": _PARAMETERS,
    "dates": _DATES,
    "always": frozenset(BatchStatus),
}


def is_changeable(phase: str, status: str) -> bool:
    """Return whether what belongs to `phase` may change in a batch of this state."""
    return status in CHANGEABLE[phase]


def require_changeable(key: str, phase: str, status: str, *, name: str) -> None:
    """Raise E405 when `key` (a setting, a date, the plan) of batch `name` may not change in its state."""
    states = CHANGEABLE[phase]
    if not is_changeable(phase, status):
        cure = directions(BATCH, status, frozenset(states), name)
        raise ZhupeiError("E405", name=name, key=key, status=BATCH_STATUS.label(status), cure=cure)
