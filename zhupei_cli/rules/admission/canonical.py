"""The one canonical text of a run's inputs, and back, and of its results: what is stored, digested, verified.

UTF-8 JSON, keys and rows sorted by code point, no spaces; marks and lines as text with two decimals, weights
as written, missing as null. It comes in pieces, so that nobody who stores or digests it needs it whole.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import NotRequired, TypedDict, TypeVar

from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, MainRun, Place, ResultRow, RunSpecialty
from zhupei_cli.rules.admission.scores import Record, checked_tie_keys, mark_text, weights_from
from zhupei_cli.words.vocabulary import Identity

_Row = TypeVar("_Row")
_ROWS_AT_ONCE = 1000
#: Whose limit is named even where there is none: the identities there were when digests began.
_NAMED = (Identity.OWN.value, Identity.SOCIAL.value, Identity.ENTRUSTED.value)
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
#: A text as `_encode` has it, without asking what it is.
_quoted = encode_basestring


def inputs_text(inputs: Inputs) -> Iterator[str]:
    """Yield the canonical text of `inputs` in pieces."""
    fields: dict[str, object] = {
        "adjust": inputs.adjust,
        "adjust_scope": inputs.adjust_scope,
        "cities": dict(inputs.cities),
        "min_score": _text(inputs.min_score),
        "round": inputs.round,
        "rule": inputs.rule,
        "specialties": {code: _specialty(kind) for code, kind in inputs.specialties.items()},
        "tie_keys": list(inputs.tie_keys),
        "weights": inputs.weights.texts(),
    }
    if inputs.main is not None:  # named only where there is one: the digests of other runs stay as they are
        fields["main"] = inputs.main._asdict()
    if any(candidate.by_order for candidate in inputs.candidates):  # as `main` is
        fields["order_specialties"] = sorted(inputs.order_specialties)
    tables: dict[str, Iterator[str]] = {
        "candidates": _array(sorted(inputs.candidates, key=lambda candidate: candidate.no), _candidate),
        "held": _array(sorted(inputs.held), lambda seat: _encode(seat._asdict())),
        "places": _array(
            sorted(inputs.places, key=lambda place: place.spot), lambda one: _encode(_place(one))
        ),
    }
    opening = "{"
    for key in sorted([*fields, *tables]):
        yield f"{opening}{_encode(key)}:"
        if key in fields:
            yield _encode(fields[key])
        else:
            yield from tables[key]
        opening = ","
    yield "}"


def results_text(rows: Iterable[ResultRow]) -> Iterator[str]:
    """Yield the canonical text of a run's results in pieces."""
    return _array(sorted(rows, key=lambda row: row.no), _result)


def digest(pieces: Iterable[str]) -> str:
    """Return the SHA-256 of a text in pieces, as 64 hexadecimal digits."""
    running = sha256()
    for piece in pieces:
        running.update(piece.encode())
    return running.hexdigest()


def parse_inputs(pieces: Iterable[str]) -> Inputs:
    """Return the inputs a canonical text stands for. Compare its digest first: only whole text is read."""
    stored = json.loads("".join(pieces))
    return Inputs(
        places=tuple(map(_to_place, stored["places"])),
        candidates=tuple(map(_to_candidate, stored["candidates"])),
        cities=stored["cities"],
        specialties={code: RunSpecialty(**kind) for code, kind in stored["specialties"].items()},
        weights=weights_from(stored["weights"]),
        tie_keys=checked_tie_keys(stored["tie_keys"]),
        min_score=_number(stored["min_score"]),
        adjust_scope=stored["adjust_scope"],
        rule=stored["rule"],
        round=stored["round"],
        adjust=stored["adjust"],
        held=tuple(Held(**row) for row in stored["held"]),
        main=MainRun(**stored["main"]) if "main" in stored else None,
        order_specialties=frozenset(stored.get("order_specialties", ())),
    )


def _array(rows: Sequence[_Row], as_json: Callable[[_Row], str]) -> Iterator[str]:
    yield "["
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        comma = "," if start else ""
        yield comma + ",".join([as_json(row) for row in rows[start : start + _ROWS_AT_ONCE]])
    yield "]"


def _specialty(kind: RunSpecialty) -> dict[str, object]:
    return {"category": kind.category, "shortage": kind.shortage}


def _place(place: Place) -> dict[str, object]:
    row: dict[str, object] = {
        "base": place.base,
        "limits": dict.fromkeys(_NAMED) | dict(place.limits),
        "min_score": _text(place.min_score),
        "quota": place.quota,
        "specialty": place.specialty,
        "stopped": place.stopped,
    }
    # Named only where there are any, as `main` is.
    if reserves := {identity: seats for identity, seats in place.reserves.items() if seats}:
        row["reserves"] = reserves
    if place.capacity is not None:
        row["capacity"] = place.capacity
    return row


# Of candidates, records and results there are a hundred thousand each: their text is put together from
# parts, keys in order, which takes a third of the time that encoding a mapping does.


def _candidate(candidate: Candidate) -> str:
    no, identity, choices, accept, at, records, by_order = candidate
    order = '"by_order":true,' if by_order else ""  # named only of whom it is true, as `main` is
    spots = ",".join(map(_part, choices))
    marks = ",".join(map(_record, sorted(records, key=_base_of) if len(records) > 1 else records))
    return (
        f'{{"accept_adjust":{_part(accept)},{order}"choices":[{spots}],"identity":{_part(identity)},'
        f'"no":{_quoted(no)},"records":[{marks}],"submitted_at":{_quoted(at)}}}'
    )


def _base_of(record: Record) -> str:
    return record.base or ""


def _record(record: Record) -> str:
    base, written, skill, interview = record
    return (
        f'{{"base":{_part(base)},"interview":{_mark(interview)},"skill":{_mark(skill)},'
        f'"written":{_mark(written)}}}'
    )


def _result(row: ResultRow) -> str:
    no, outcome, base, specialty, via, total, rank, reason = row
    return (
        f'{{"base":{_part(base)},"no":{_quoted(no)},"outcome":{_part(outcome)},"rank":{_part(rank)},'
        f'"reason":{_part(reason)},"specialty":{_part(specialty)},"total":{_mark(total)},"via":{_part(via)}}}'
    )


@lru_cache(maxsize=None, typed=True)  # typed: 1 is not true
def _part(value: object) -> str:
    """Return the text of what comes in few values: codes, pairs of them, words, ranks."""
    return _encode(value)


@cache
def _mark(mark: int | None) -> str:
    return _encode(_text(mark))


class _PlaceText(TypedDict):
    base: str
    specialty: str
    quota: int
    min_score: str | None
    stopped: bool
    limits: dict[str, int | None]
    reserves: NotRequired[dict[str, int]]
    capacity: NotRequired[int]


class _RecordText(TypedDict):
    base: str | None
    written: str | None
    skill: str | None
    interview: str | None


class _CandidateText(TypedDict):
    no: str
    identity: Identity
    choices: list[tuple[str, str]]
    accept_adjust: bool
    submitted_at: str
    records: list[_RecordText]
    by_order: NotRequired[bool]


def _to_place(row: _PlaceText) -> Place:
    limits = {identity: limit for identity, limit in row["limits"].items() if limit is not None}
    line = _number(row["min_score"])
    more = (row.get("capacity"), row.get("reserves", {}))
    return Place(row["base"], row["specialty"], row["quota"], line, row["stopped"], limits, *more)


def _to_candidate(row: _CandidateText) -> Candidate:
    return Candidate(
        no=row["no"],
        identity=row["identity"],
        choices=tuple([(base, specialty) for base, specialty in row["choices"]]),
        accept_adjust=row["accept_adjust"],
        submitted_at=row["submitted_at"],
        records=tuple([_to_record(record) for record in row["records"]]),
        by_order=row.get("by_order", False),
    )


def _to_record(row: _RecordText) -> Record:
    return Record(row["base"], _number(row["written"]), _number(row["skill"]), _number(row["interview"]))


@cache
def _text(mark: int | None) -> str | None:
    return None if mark is None else mark_text(mark)


@cache
def _number(text: str | None) -> int | None:
    return None if text is None else int(text.replace(".", ""))
