"""Checking a sealed batch: what the file's own events say, against everything else in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise, product
from typing import Final, NotRequired, TypedDict

from zhupei_cli.rules.admission.reserves import without_social_share
from zhupei_cli.rules.admission.run import Candidate, Inputs, Place
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark
from zhupei_cli.rules.batch import settings
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.rules.proof.digests import event_data, named_digest, row_digest
from zhupei_cli.rules.proof.retelling import UNKNOWN, Happened, Stage, Told
from zhupei_cli.services.batches.plans import witnessed
from zhupei_cli.services.records.events import chained
from zhupei_cli.words.errors import sentence
from zhupei_cli.words.vocabulary import ApplicationStatus, Identity

_FIELDS: Final = ("seq", "at", "who", "action", "batch_id", "subject", "before", "after", "reason", "data")


class EventLine(TypedDict):
    """An event as a sealed file has it, with the hash of the one before; `withheld` is a reason's digest."""

    seq: int
    at: str
    who: str
    action: str
    batch_id: int
    subject: str
    before: str | None
    after: str | None
    reason: str | None
    data: str | None
    hash: str
    previous: str
    withheld: NotRequired[str]


class SeatLine(TypedDict):
    """Where somebody stands, as a sealed file has it."""

    no: str
    status: str
    base: str | None
    specialty: str | None
    via: str | None
    run: int | None


class RunLine(TypedDict):
    """A run that is part of the result, as a manifest has it."""

    number: int
    rule: str
    round: str
    inputs_sha256: str
    results_sha256: str


class BatchLine(TypedDict):
    """The batch of a manifest."""

    code: str
    name: str
    year: int
    status: str


class Manifest(TypedDict):
    """What a sealed file says it is."""

    layout: int
    batch: BatchLine
    settings: dict[str, str]
    runs: list[RunLine]
    events: NotRequired[dict[str, object]]
    sealed_at: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sealed file holds beside its events; `inputs` by number of run."""

    manifest: Manifest
    admissions: Sequence[SeatLine]
    inputs: Mapping[int, Inputs]


def contradicted(contents: Contents, events: Sequence[EventLine]) -> Iterator[Finding]:
    """Yield everything in which the file contradicts its own events, or they themselves."""
    yield from _chain(events)
    listed = contents.manifest.get("events")
    if listed is not None and listed != summary(events):
        yield _finding("E651", what="条数、首尾或末条摘要")
    told = Told().tell(map(_happened, events))
    yield from (_finding("E649", what=f"第 {one.seq} 条 {one.subject}") for one in told.breaks)
    ids = {event["batch_id"] for event in events}
    (id_,) = ids if len(ids) == 1 else (0,)
    stage = told.batches.get(id_, Stage("", None, {}, {}))
    for part, found in (
        ("manifest.json", _unlike_batch(contents.manifest, stage)),
        ("manifest.json", _unlike_runs(contents, told, stage, id_)),
        ("admissions.jsonl", _unlike_seats(contents.admissions, told)),
        *((f"run-{at}.inputs.json", _unlike_inputs(one, told, id_)) for at, one in contents.inputs.items()),
    ):
        yield from (_finding("E652", part=part, what=what) for what in found)


def _finding(code: str, **values: object) -> Finding:
    return Finding(code, sentence(code, values))


def summary(events: Sequence[EventLine]) -> dict[str, object]:
    """Return what a manifest says of the events: how many, from which to which, the hash of the last."""
    if not events:
        return {"count": 0, "first": None, "last": None, "head": ""}
    first, last = events[0], events[-1]
    return {"count": len(events), "first": first["seq"], "last": last["seq"], "head": last["hash"]}


def with_digest(event: EventLine, shown: str) -> EventLine:
    """Return an event with its reason as it may be `shown`, and the digest of what it was."""
    reason = event["reason"] or ""
    return {**event, "reason": shown, "withheld": sha256(reason.encode()).hexdigest()}


def _chain(events: Iterable[EventLine]) -> Iterator[Finding]:
    for event in events:
        fields = [event.get(name) for name in _FIELDS]
        # A reason with numbers of people stays behind: then the hash cannot be computed again.
        lost = "withheld" in event and _is_masked(event["reason"])
        if not lost and chained(event["previous"], fields) != event["hash"]:
            yield _finding("E479", seq=event["seq"])
    for one, other in pairwise(events):
        if other["seq"] <= one["seq"]:
            yield _finding("E651", what=f"第 {other['seq']} 条排在第 {one['seq']} 条之后")
        elif other["seq"] == one["seq"] + 1 and other["previous"] != one["hash"]:
            yield _finding("E651", what=f"第 {other['seq']} 条不接第 {one['seq']} 条")


def _is_masked(reason: str | None) -> bool:
    """Return whether a reason can have lost a number of somebody: all else keeps its hash."""
    return reason is not None and "**" in reason and masked_text(reason) == reason


def _happened(event: EventLine) -> Happened:
    return Happened(
        event["seq"],
        event["at"],
        event["who"],
        event["action"],
        event["batch_id"],
        event["subject"],
        event["before"],
        event["after"],
        event["reason"],
        event_data(event["data"]),
    )


def _unlike_batch(manifest: Manifest, stage: Stage) -> Iterator[str]:
    batch = manifest["batch"]
    if not stage.whole:
        yield "没有新建批次的记录"
    said = {"code": stage.code, "status": stage.status, "name": stage.columns.get("name")}
    yield from (
        f"批次的 {key}"
        for key, value in {**said, "year": stage.columns.get("year")}.items()
        if value != batch.get(key)
    )
    given: Mapping[str, str] = manifest["settings"]
    yield from (
        f"参数 {key}"
        for key in sorted(given.keys() | stage.settings.keys())
        if given.get(key) != stage.settings.get(key)
    )


def _unlike_runs(contents: Contents, told: Told, stage: Stage, id_: int) -> Iterator[str]:
    runs = contents.manifest["runs"]
    if {run["number"] for run in runs} != stage.committed.keys():
        yield "作为结果的录取计算"
    for run in runs:
        event = told.runs.get((id_, run["number"]))
        keys = ("rule", "round", "inputs_sha256", "results_sha256")
        if event is None or any(event.data[key] != run.get(key) for key in keys):
            yield f"第 {run['number']} 次录取计算"
        elif any(
            event.data[key] != getattr(contents.inputs[run["number"]], key)
            for key in ("rule", "round", "adjust")
        ):
            yield f"第 {run['number']} 次录取计算的规则或调剂"


def _unlike_seats(admissions: Sequence[SeatLine], told: Told) -> Iterator[str]:
    keys = ("status", "base", "specialty", "via", "run")
    stored = {one["no"]: tuple(one.get(key) for key in keys) for one in admissions}
    said = {number: seat[:5] for number, seat in told.seats.items()}
    yield from sorted(
        number for number in stored.keys() | said.keys() if stored.get(number) != said.get(number)
    )


def _unlike_inputs(inputs: Inputs, told: Told, id_: int) -> Iterator[str]:
    stage = told.batches.get(id_, Stage("", None, {}, {}))
    yield from _unlike_settings(inputs, stage)
    share = settings.parse(stage.settings).reserve_social_share
    plan = told.rows["plan"]
    places = {f"{place.base}/{place.specialty}": place for place in inputs.places}
    for key, place in sorted(places.items()):
        said = plan.get((id_, key))
        planned = (_terms(place), _terms(without_social_share(place, share)), UNKNOWN)
        if said is None or said.digest not in planned:
            yield f"岗位 {key}"
    yield from (
        f"岗位 {key}" for (_, key), said in plan.items() if said.digest is not None and key not in places
    )
    for one in inputs.candidates:
        if told.statuses.get(one.no) != ApplicationStatus.APPROVED:
            yield f"{one.no} 没有审核通过的记录"
        if not _marks_told(one, told, id_):
            yield f"{one.no} 的成绩"
        submits = [snap.at for snap in told.snaps.get(one.no, ()) if snap.submits]
        if submits and submits[0].replace("+00:00", "Z") != one.submitted_at:
            yield f"{one.no} 的提交时间"


def _unlike_settings(inputs: Inputs, stage: Stage) -> Iterator[str]:
    if stage.settings:
        chosen = settings.parse(stage.settings)
        for key in ("weights", "tie_keys", "min_score", "adjust_scope"):
            if getattr(chosen, key) != getattr(inputs, key):
                yield f"参数 {key}"


def _terms(place: Place) -> str:
    terms = {f"max_{who}": place.limits.get(who) for who in Identity}
    reserves = {f"reserve_{who}": place.reserves.get(who, 0) for who in Identity}
    said = {"quota": place.quota, "min_score": place.min_score, "stopped": place.stopped, **terms}
    return named_digest(witnessed({**said, **reserves, "capacity": place.capacity}))


def _marks_told(one: Candidate, told: Told, id_: int) -> bool:
    """Return whether each record of somebody is the one the events say, 缺考 being no mark in an input."""
    for record in one.records:
        key = f"{one.no}/{record.base}" if record.base else one.no
        said = told.rows["score"].get((id_, key))
        if said is None or (said.digest != UNKNOWN and said.digest not in _digests(record[1:])):
            return False
    return bool(one.records) or told.rows["score"].get((id_, one.no)) is None


def _digests(marks: Sequence[Mark]) -> set[str]:
    ways = [(mark,) if mark is not None else (None, ABSENT_PART) for mark in marks]
    return {row_digest(way) for way in product(*ways)}
