"""Whether a place has a seat for somebody: each answer, counted by hand."""

import pytest

from zhupei_cli.services.batches.vacant_seats import NoRoom, no_room_at, told_taken
from zhupei_cli.words.vocabulary import Identity


def _row(quota: int, **more: int) -> dict[str, int | None]:
    nobody: dict[str, int | None] = {f"{what}_{who}": 0 for who in Identity for what in ("taken", "ceded")}
    return {"quota": quota, "ceded": 0, **nobody, **{f"max_{who}": None for who in Identity}, **more}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (_row(2, taken_own=1), None),
        (_row(2, taken_social=1, max_social=2), None),
        (_row(3, taken_social=1, max_social=3, ceded=1, ceded_social=1), None),
        # The limit of another identity is none of this one, nor what rounds may seat of it.
        (_row(2, taken_own=1, max_own=1), None),
        (_row(3, max_own=1, ceded=1, ceded_own=1, max_social=1), None),
        (_row(0), NoRoom.FULL),
        (_row(2, taken_own=1, taken_social=1), NoRoom.FULL),
        (_row(2, taken_own=1, taken_social=1, max_social=1), NoRoom.FULL),
        (_row(2, max_social=0), NoRoom.LIMIT),
        (_row(2, taken_social=1, max_social=1), NoRoom.LIMIT),
        # Also when rounds gave all back, the identity has its share.
        (_row(2, taken_social=1, max_social=1, ceded=1), NoRoom.LIMIT),
        (_row(2, taken_own=1, ceded=1), NoRoom.CEDED),
        (_row(2, ceded=2), NoRoom.CEDED),
        (_row(4, taken_social=1, max_social=2, ceded=1, ceded_social=1), NoRoom.CEDED),
    ],
)
def test_a_seat_for_somebody_social(row: dict[str, int | None], why: NoRoom | None) -> None:
    assert no_room_at(row, "social") is why


def test_what_is_taken_in_words() -> None:
    row = _row(3, taken_own=1, taken_social=1, max_social=1)
    assert told_taken(row, "social", NoRoom.LIMIT) == "对面向社会招收住院医师上限 1 人，已占 1 人"
    assert told_taken(row, "social", NoRoom.FULL) == "计划 3 人，已占 2 人"
