"""What the events say in the end: folded in their order into where everything should stand now.

Pure: `db check` compares the database with it, `verify` a sealed file with its own events. An event without
a digest (written by an earlier version, or by a base's login) leaves what it names UNKNOWN.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from zhupei_cli.rules.proof.digests import UNREAD, EventData, named_digest
from zhupei_cli.words.vocabulary import Decision

#: Tables whose rows belong to a batch, and are told of by events of the table's own name.
_OF_BATCH: Final = frozenset(("objection", "exam_site", "exam_room", "exam_seat", "exam_group"))
#: Said of a row that an event names without its digest.
UNKNOWN: Final = "?"
_DECISIONS: Final = frozenset(f"review.{decision}" for decision in Decision)
#: Events about an admission that leave its reason as it was, and those that leave its seat.
_KEEP_REASON: Final = frozenset(("propose", "pass_over", "finalize"))
_GIVE_SEAT: Final = frozenset(("propose", "place", "preplace"))
_NO_SEAT: Final = frozenset(("pass_over", "reinstate"))
#: Those after which no total given by hand stands any more.
_OTHERWISE_SEATED: Final = frozenset(("propose", "pass_over", "reinstate"))


class Happened(NamedTuple):
    """One event as the fold reads it; `at` is an ISO text, `batch` an id."""

    seq: int
    at: str
    who: str
    action: str
    batch: int | None
    subject: str
    before: str | None
    after: str | None
    reason: str | None
    data: EventData


class ToldDigest(NamedTuple):
    """What was said of a row last: its digest, None when it is gone, UNKNOWN; by which event, and when.

    `made` is when a row was first written; both times are UNKNOWN once an import was taken back.
    """

    digest: str | None
    seq: int
    at: str = UNKNOWN
    made: str = UNKNOWN


class ToldSeat(NamedTuple):
    """Where somebody stands in admission; `earlier` is where before, `verb` what brought them here."""

    status: str
    base: str | None
    specialty: str | None
    via: str | None
    run: int | None
    reason: str | None
    at: str
    seq: int
    verb: str
    earlier: "ToldSeat | None"
    #: Of somebody placed by hand, as the event says them; a run tells of all others.
    total: str | None = None
    rank: int | None = None


class Snap(NamedTuple):
    """A snapshot: its version, its digest or UNKNOWN, whether it was taken on submitting."""

    version: int
    digest: str
    at: str
    seq: int
    submits: bool


class Judged(NamedTuple):
    """One decision of a review."""

    decision: str
    reason: str | None
    base: str | None
    who: str
    at: str
    seq: int
    #: Of the snapshot that was judged; None where no event tells.
    version: int | None = None


@dataclass(slots=True)
class Stage:
    """A batch as events tell it; `columns` are texts."""

    code: str
    status: str | None
    columns: dict[str, object]
    settings: dict[str, str]
    committed: dict[int, str] = field(default_factory=dict)
    """number of a run that is the result → when it became so"""
    whole: bool = False
    """whether its creation is among the events"""


@dataclass(slots=True)
class Told:
    """Everything the events say."""

    rows: dict[str, dict[tuple[int | None, str], ToldDigest]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    batches: dict[int, Stage] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    snaps: dict[str, list[Snap]] = field(default_factory=dict)
    reviews: dict[str, list[Judged]] = field(default_factory=dict)
    seats: dict[str, ToldSeat] = field(default_factory=dict)
    runs: dict[tuple[int, int], Happened] = field(default_factory=dict)
    imports: dict[int, Happened] = field(default_factory=dict)
    import_rows: dict[int, tuple[int, str]] = field(default_factory=dict)
    undone: dict[int, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    """numbers of applications of people who were erased"""
    erased_rows: set[str] = field(default_factory=set)
    """people who were erased, and what of records of conduct and objections: `trainee 5`, `bar 3`"""
    breaks: list[Happened] = field(default_factory=list)
    """events that start from another state than the one before left"""
    unread: list[Happened] = field(default_factory=list)
    """events whose data nobody can read"""
    first_people: int | None = None
    """the first event with a digest of a person"""
    _undoing: Happened | None = None

    def tell(self, events: Iterable[Happened]) -> "Told":
        """Take in further events, in their order."""
        for event in events:
            if event.data is UNREAD:
                self.unread.append(event)
                continue
            group, _, verb = event.action.partition(".")
            _HANDLERS.get(group, _entry)(self, event, verb)
        return self

    def said(self, entity: str, batch: int | None, keys: Iterable[str], event: Happened) -> None:
        """Note the digests an event gives of these rows, UNKNOWN where it gives none."""
        known = self.rows[entity]
        names = list(keys)
        digests: Sequence[str | None] = event.data.get("digests") or (
            [event.data["digest"]] if "digest" in event.data else [UNKNOWN] * len(names)
        )
        back = event.action == "import.undo.rows"
        for key, digest in zip(names, digests, strict=False):
            earlier = known.get((batch, key))
            new = event.data.get("new", event.action == "trainee.register")
            made = event.at if new else UNKNOWN if earlier is None else earlier.made
            times = (UNKNOWN, UNKNOWN) if back else (event.at, made)
            known[batch, key] = ToldDigest(digest, event.seq, *times)

    def move(self, number: str, event: Happened) -> None:
        """Move an application from state to state."""
        if self.statuses.get(number) != event.before and (number in self.statuses or self._whole(event)):
            self.breaks.append(event)
        if event.after is None:
            for known in (self.statuses, self.snaps, self.reviews, self.made):
                known.pop(number, None)
        else:
            self.statuses[number] = event.after

    def _whole(self, event: Happened) -> bool:
        stage = self.batches.get(event.batch or 0)
        return stage is not None and stage.whole

    def snap(self, number: str, text: str | None, event: Happened, *, submits: bool) -> None:
        """Note a snapshot, given as `version:digest`."""
        known = self.snaps.setdefault(number, [])
        version, _, digest = (text or f"{len(known) + 1}:{UNKNOWN}").partition(":")
        known.append(Snap(int(version), digest, event.at, event.seq, submits))

    def stage(self, event: Happened) -> Stage:
        """Return the batch an event is of."""
        return self.batches.setdefault(event.batch or 0, Stage(event.subject, None, {}, {}))


def _batch(told: Told, event: Happened, verb: str) -> None:
    stage = told.stage(event)
    if verb == "create":
        columns = {key: value for key, value in event.data.items() if key != "settings"}
        columns["created_at"] = event.at
        told.batches[event.batch or 0] = Stage(
            event.subject, event.after, columns, dict(event.data.get("settings", {})), whole=True
        )
    elif verb == "edit":
        key = event.data["key"]
        said: dict[str, Any] = stage.columns if key in _COLUMNS else stage.settings
        said[key] = event.after
    elif event.after is not None:
        if stage.status not in (None, event.before):
            told.breaks.append(event)
        stage.status = event.after
        if verb == "unlock":
            told.runs = {key: run for key, run in told.runs.items() if key[0] != event.batch}
        elif verb == "uncommit":
            stage.committed.clear()
            # Who gave up what a run gave keeps the place, not the run; the others have events of their own.
            for number, seat in told.seats.items():
                if number.rpartition("-")[0] == stage.code:
                    told.seats[number] = seat._replace(run=None)


_COLUMNS: Final = frozenset(
    ("name", "apply_from", "apply_until", "review_until", "publicity_until", "checkin_until")
)


def _plan(told: Told, event: Happened, verb: str) -> None:
    if verb == "set":
        digest = named_digest(json.loads(event.after or "{}"))
        told.rows["plan"][event.batch, event.subject] = ToldDigest(digest, event.seq)
    elif verb == "write":
        told.said("plan", event.batch, event.data["keys"], event)
    else:
        _other(told, event, verb)


def _score(told: Told, event: Happened, verb: str) -> None:
    if "keys" in event.data:
        told.said("score", event.batch, event.data["keys"], event)
    else:
        _other(told, event, verb)


def _entry(told: Told, event: Happened, verb: str) -> None:
    """Note what is said of rows known by one name, of whatever table."""
    entity = event.action.partition(".")[0]
    batch = event.batch if entity in _OF_BATCH else None
    if verb == "write":
        told.said(entity, batch, event.data["keys"], event)
    elif "digest" in event.data or (entity, verb) in _UNPROVEN:
        told.said(entity, batch, [event.subject], event)
        if verb == "erase":
            told.erased_rows.add(event.subject)
    else:
        _other(told, event, verb)


#: What earlier versions told of without a digest.
_UNPROVEN: Final = frozenset(
    (("base", "edit"), ("base", "status"), ("account", "open"), ("account", "reset"))
)


def _trainee(told: Told, event: Happened, verb: str) -> None:
    if verb == "write":
        told.first_people = told.first_people or event.seq
        told.said("trainee", None, (f"trainee {id_}" for id_ in event.data["people"]), event)
    elif verb == "erase":
        told.erased.update(event.data.get("numbers", ()))
        told.erased_rows.add(event.subject)
        told.said("trainee", None, [event.subject], event)
        told.rows["account"].pop((None, event.subject), None)
    elif verb in ("register", "edit") or verb.endswith((".add", ".remove")):
        told.said("trainee", None, [event.subject], event)
    else:
        _other(told, event, verb)


def _application(told: Told, event: Happened, verb: str) -> None:
    if event.after is None:  # only read: printed, shown
        return
    numbers = event.data.get("numbers") or [event.subject]
    for number in numbers:
        told.move(number, event)
    if verb in ("import", "new"):
        for number in numbers:
            told.made.setdefault(number, event.at)
    if verb in ("import", "new", "edit") or "digest" in event.data:
        told.said("application", event.batch, numbers, event)
    submits = event.after == "submitted" and event.before != event.after
    if submits or verb == "correct":
        texts = event.data.get("snapshots") or [event.data.get("snapshot")] * len(numbers)
        for number, text in zip(numbers, texts, strict=False):
            told.snap(number, text, event, submits=submits)


def _review(told: Told, event: Happened, verb: str) -> None:
    if event.action not in _DECISIONS:
        _other(told, event, verb)
        return
    told.move(event.subject, event)
    snaps = told.snaps.get(event.subject)
    said = (verb, event.reason, event.data.get("base"), event.who, event.at, event.seq)
    judged = Judged(*said, snaps[-1].version if snaps else None)
    told.reviews.setdefault(event.subject, []).append(judged)


def _admission(told: Told, event: Happened, verb: str) -> None:
    if verb == "run":
        told.runs[event.batch or 0, event.data["run"]] = event
        return
    if verb == "commit":
        told.stage(event).committed[event.data["number"]] = event.at
        return
    now = told.seats.get(event.subject)
    if (None if now is None else now.status) != event.before and (
        now is not None or told.batches.get(event.batch or 0, Stage("", None, {}, {})).whole
    ):
        told.breaks.append(event)
    if event.after is None:
        told.seats.pop(event.subject, None)
        return
    told.seats[event.subject] = _seat(event, verb, now)


def _seat(event: Happened, verb: str, now: ToldSeat | None) -> ToldSeat:
    base, specialty, via, run = (None,) * 4 if now is None else now[1:5]
    if verb in _GIVE_SEAT:
        base, specialty, via = (event.data.get(key) for key in ("base", "specialty", "via"))
    elif verb in _NO_SEAT:
        base = specialty = via = None
    elif now is None and event.data:
        base, specialty = event.data.get("base"), event.data.get("specialty")
    total, rank = (None, None) if now is None or verb in _OTHERWISE_SEATED else (now.total, now.rank)
    if verb == "place":
        total, rank = event.data.get("total"), event.data.get("rank")
    if verb in ("propose", "pass_over", "place"):
        run = event.data.get("run")
    reason = (None if now is None else now.reason) if verb in _KEEP_REASON else event.reason
    seat = (event.after or "", base, specialty, via, run, reason)
    return ToldSeat(*seat, event.at, event.seq, verb, now, total, rank)


def _import(told: Told, event: Happened, verb: str) -> None:
    if verb == "rows":
        told.import_rows[event.data["import"]] = (event.data["rows"], event.data["sha256"])
    elif verb == "undo":
        told.undone[event.data["import"]] = event.at
        told._undoing = event
    elif verb == "undo.rows" and told._undoing is not None:
        begun = told.imports.get(told._undoing.data["import"])
        if begun is not None:
            _take_back(told, event, begun)


def _take_back(told: Told, event: Happened, begun: Happened) -> None:
    """Set what an import wrote back to where it stood; nothing has happened to it since."""
    kind = begun.action.partition(".")[0]
    named = kind if kind != "trainee" else "application" if event.before else "trainee"
    entity = event.data.get("entity", {"review": "application", "checkin": "admission"}.get(kind, named))
    batch = event.batch if entity in ("plan", "score", "application", *_OF_BATCH) else None
    if entity != "admission" and kind != "review":
        told.said(entity, batch, event.data["keys"], event)
    for number in event.data["keys"]:
        if entity == "admission":
            seat = told.seats.get(number)
            while seat is not None and seat.seq > begun.seq:
                seat = seat.earlier
            if seat is not None:
                told.seats[number] = seat
            else:  # a seat before any run: nobody stood anywhere
                told.seats.pop(number, None)
        elif entity == "application":
            told.snaps[number] = [one for one in told.snaps.get(number, ()) if one.seq < begun.seq]
            told.reviews[number] = [one for one in told.reviews.get(number, ()) if one.seq < begun.seq]
            told.move(number, event)


def _report(told: Told, event: Happened, verb: str) -> None:
    if verb == "nightly":
        digest = event.data.get("digest", UNKNOWN)
        told.rows["night"][event.batch, event.data["day"]] = ToldDigest(digest, event.seq, event.at)


def _notice(told: Told, event: Happened, verb: str) -> None:
    """Note who was told; by earlier versions without what it was about."""
    if "keys" not in event.data:
        _other(told, event, verb)
        return
    whom = [f"{number} {event.data['event']}" for number in event.data["keys"]]
    if "occasions" in event.data:
        whom = [f"{one} {occasion}" for one, occasion in zip(whom, event.data["occasions"], strict=True)]
    digest = event.data.get("digest", UNKNOWN)
    told.rows["notice"] |= dict.fromkeys(
        ((event.batch, one) for one in whom), ToldDigest(digest, event.seq, event.at)
    )


def _other(told: Told, event: Happened, verb: str) -> None:
    if verb == "import" and "import" in event.data:
        told.imports[event.data["import"]] = event


_HANDLERS: Final = {
    "batch": _batch,
    "plan": _plan,
    "score": _score,
    "trainee": _trainee,
    "application": _application,
    "review": _review,
    "admission": _admission,
    "notice": _notice,
    "report": _report,
    "import": _import,
}
