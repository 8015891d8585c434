"""Papers of the exam days (准考证、门贴、桌贴、签到表): what stands on them, checked before any is set."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.printing.exam_sheets import Desk, RoomSheet
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.ticket import TICKET_RULES, Ticket, Tickets
from zhupei_cli.printing.typesetting import Picture
from zhupei_cli.rules.batch.settings import BatchSettings, parse
from zhupei_cli.rules.exam.rooms import Room
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications.printing import NotPrinted, named_lacking, printable, require_characters
from zhupei_cli.services.exams.candidates import Seated, Wanted, load_sitting, way_to_seats
from zhupei_cli.services.exams.rooms import Site, load_rooms, load_sites
from zhupei_cli.services.people.photos import photo_is_whole, who_has_photos
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.words.codes import GENDER
from zhupei_cli.words.errors import Fault, ZhupeiError

#: A number in front of a rule, not one that belongs to it: 1. 1、 （1） 一、 but not 2 小时, 8:30, 3.5.
_NUMBERED = re.compile(
    r"^\s*(?:[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]|\d{1,2}(?:[、．)）]|\.(?!\d))|[一二三四五六七八九十]{1,3}、)"
)

RoomKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Printed:
    """Tickets by room, in the order of the rooms; how many have no photo, and who is left out."""

    rooms: dict[RoomKey, Tickets]
    without_photo: int
    refused: NotPrinted


def prepare_tickets(session: Session, batch: Batch, wanted: Wanted, *, by: Acting, fonts: FontSet) -> Printed:
    """Return the tickets of these people, and record that they leave.

    ID numbers are whole; no photo is read yet. Who has a character that the fonts lack is left out (E091).
    Raises E741 while nobody has a seat, E742 for an application without one, E747 or E748 for an unknown site
    or room, E090 when the fonts lack what stands on every ticket.
    """
    seated, settings = _seated(session, batch, wanted), parse(settings_of(session, batch))
    common = Tickets(
        (), batch.name, settings.exam_time, _rules(settings), settings.authority, settings.contact
    )
    require_characters(common.text, fonts)
    kept, refused = printable(_tickets(session, batch, seated), fonts)
    rooms = {one.application_no: one.place[:2] for one in seated}
    by_room: dict[RoomKey, list[Ticket]] = {}
    for one in kept:
        by_room.setdefault(rooms[one.number], []).append(one)
    if kept:
        data = {"rows": len(kept), "rooms": len(by_room)}
        record(session, by, [Change("exam.tickets", batch.code, batch.id, data=data)])
    made = {
        key: Tickets(some, common.batch, common.time, common.rules, common.authority, common.contact)
        for key, some in by_room.items()
    }
    return Printed(made, sum(one.photo is None for one in kept), refused)


def with_damaged_photo(tickets: Sequence[Ticket], photos: Iterable[Picture]) -> dict[str, Fault]:
    """Return application number → E792 of those whose stored photo cannot be decoded."""
    damaged = {whose for whose, _, content in photos if not photo_is_whole(content)}
    return {
        one.number: Fault("E792", "photo", values={"name": one.name, "application_no": one.number})
        for one in tickets
        if one.photo in damaged
    }


def _seated(session: Session, batch: Batch, wanted: Wanted) -> list[Seated]:
    seated = load_sitting(session, batch, wanted)
    if not seated and wanted == Wanted():
        raise ZhupeiError("E741", batch=batch.code, cure=way_to_seats(batch))
    return seated


def _rules(settings: BatchSettings) -> Sequence[str]:
    # They are numbered on the ticket: what was typed before them would stand there twice.
    own = [_NUMBERED.sub("", rule).strip() for rule in re.split("[|｜]", settings.exam_rules)]
    return [rule for rule in own if rule] or TICKET_RULES


def _tickets(session: Session, batch: Batch, seated: Sequence[Seated]) -> list[Ticket]:
    sites = load_sites(session, batch)
    pictured = who_has_photos(session, [one.trainee_id for one in seated])
    return [
        Ticket(
            number=one.application_no,
            ticket=one.ticket,
            name=one.name,
            gender=GENDER.label(one.gender),
            id_number=one.id_number,
            specialty=one.specialty_label,
            base=one.base_label,
            site=one.site_label,
            address=sites[one.place.site].address or "",
            room=one.place.room,
            seat=str(one.place.seat),
            photo=one.trainee_id if one.trainee_id in pictured else None,
        )
        for one in seated
    ]


@dataclass(frozen=True, slots=True)
class SiteSheets:
    """The rooms of one site that can be printed, and the rows of its sign-in workbook, by key of 成绩."""

    site: Site
    rooms: Sequence[RoomSheet]
    rows: Sequence[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The papers of all sites, with what is the same on all of them; `refused` are rooms (E797)."""

    batch: str
    time: str
    sites: Sequence[SiteSheets]
    refused: NotPrinted

    @property
    def people(self) -> int:
        """How many people they are about."""
        return sum(len(room.people) for site in self.sites for room in site.rooms)

    @property
    def rooms(self) -> int:
        """How many rooms they are about."""
        return sum(len(site.rooms) for site in self.sites)


def prepare_sheets(
    session: Session, batch: Batch, wanted: Wanted, *, by: Acting, fonts: FontSet | None
) -> Sheets:
    """Return the papers of these rooms with everybody who sits there, and record that they leave.

    ID numbers are masked. Raises as `prepare_tickets`; a room is left out where the fonts lack a character of
    a name, for its papers would lack somebody. Without `fonts` only the workbooks are wanted.
    """
    seated, settings = _seated(session, batch, wanted), parse(settings_of(session, batch))
    sites = load_sites(session, batch)
    made = _room_sheets(sites, load_rooms(session, batch), seated)
    rooms = sum(map(len, made.values()))
    refused: NotPrinted = []
    if fonts is not None:
        common = batch.name + settings.exam_time
        for code, some in made.items():
            made[code], without = printable_rooms(common, some, fonts, site=f"考点 {code} ")
            refused = [*refused, *without]
    rows: dict[str, list[dict[str, str]]] = {}
    for one in seated:
        rows.setdefault(one.place.site, []).append(_row(one))
    if seated:
        data = {"rows": len(seated), "rooms": rooms}
        record(session, by, [Change("exam.sheets", batch.code, batch.id, data=data)])
    parts = [SiteSheets(sites[code], some, rows[code]) for code, some in made.items()]
    return Sheets(batch.name, settings.exam_time, parts, refused)


def _room_sheets(
    sites: Mapping[str, Site], rooms: Iterable[Room], seated: Iterable[Seated]
) -> dict[str, list[RoomSheet]]:
    """Return site → its rooms that somebody sits in."""
    by_room: dict[RoomKey, list[Seated]] = {}
    for one in seated:
        by_room.setdefault(one.place[:2], []).append(one)
    made: dict[str, list[RoomSheet]] = {}
    for room in rooms:
        if people := by_room.get(room[:2]):
            site, desks = sites[room.site], [_desk(one) for one in people]
            sheet = RoomSheet(site.name, site.address or "", room.code, desks, room.grid())
            made.setdefault(room.site, []).append(sheet)
    return made


def printable_rooms(
    common: str, rooms: Sequence[RoomSheet], fonts: FontSet, *, site: str = ""
) -> tuple[list[RoomSheet], NotPrinted]:
    """Return the rooms whose people the fonts can show, and the others with their E797.

    Raises E090 when the fonts lack a character of a room or of what stands on every paper.
    """
    require_characters(common + "".join(f"{room.text}{room.label}{room.time}" for room in rooms), fonts)
    kept, refused = [], []
    for room in rooms:
        _, without = printable([_Named(one) for one in room.people], fonts)
        if without:
            names, characters = named_lacking(without)
            called = site + (room.label or f"第 {room.room} 考场")
            values = {"room": called, "names": names, "characters": characters}
            refused.append((room.label or room.room, Fault("E797", "", values=values)))
        else:
            kept.append(room)
    return kept, refused


@dataclass(frozen=True, slots=True)
class _Named:
    """Somebody on a sheet, as `printable` asks for them."""

    one: Desk

    @property
    def number(self) -> str:
        return self.one.ticket

    @property
    def name(self) -> str:
        return self.one.name

    @property
    def text(self) -> str:
        return f"{self.one.name}{self.one.specialty}{self.one.ticket}"


def _desk(one: Seated) -> Desk:
    return Desk(
        one.place.seat,
        one.ticket,
        one.name,
        GENDER.label(one.gender),
        mask_id(one.id_number),
        one.specialty_label,
    )


def _row(one: Seated) -> dict[str, str]:
    return {
        "site": one.site_label,
        "room": one.place.room,
        "seat": str(one.place.seat),
        "ticket": one.ticket,
        "name": one.name,
        "specialty": one.specialty_label,
    }
