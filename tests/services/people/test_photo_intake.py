"""Photos by the hundred: whose each is, what stays out, what is put back."""

import os
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.exam_world import closed_batch, take_rooms
from tests.people import id_number
from tests.pictures import picture
from zhupei_cli.acting import Acting
from zhupei_cli.model import Account, Application, Batch, Event, ImportRow, Trainee, TraineePhoto
from zhupei_cli.services.exams.allotting import allot_seats
from zhupei_cli.services.exams.candidates import load_stored
from zhupei_cli.services.people import photos
from zhupei_cli.services.people.erasing import erase_person
from zhupei_cli.services.people.people import edit_person
from zhupei_cli.services.people.photo_files import MAX_FILES, PhotoLimits, photo_files
from zhupei_cli.services.people.photo_intake import Pictures, TakenIn, examined, import_photos, limits_of
from zhupei_cli.services.people.photos import Photo
from zhupei_cli.services.proof.told_imports import unlike_imports
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.undo.undoing import undo
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BUSINESS, ROLE


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A closed batch T of five people with seats; the fifth has an account."""
    with transaction(database) as session:
        batch = closed_batch(session, 5, told=True)
        take_rooms(session, batch, by=by)
        allot_seats(session, batch, how=None, seed=1, again=False, by=by)
        (business, *_), (role, *_) = BUSINESS.labels, ROLE.labels
        named = {"trainee_id": 5, "username": "wangwu", "password_hash": "x"}
        session.add(Account(**named, business=business, role=role, failed_checks=0, created_at=by.at))
    return database


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def _take(database: str, source: Path, by: Acting) -> TakenIn:
    with photo_files(source) as files, transaction(database) as session:
        batch = find_batch(session, "T")
        looked = [examined(one, limits_of(session, batch), Pictures()) for one in files]
        return import_photos(session, source, looked, batch=batch, by=by)


def _codes(done: TakenIn) -> dict[str, list[str]]:
    return {one.file.name: [fault.code for fault in one.faults] for one in done.taken if one.faults}


def _owners(database: str) -> list[int]:
    with transaction(database) as session:
        return sorted(session.execute(select(TraineePhoto.trainee_id)).scalars())


def _truth(database: str) -> list[tuple[str, str]]:
    with transaction(database) as session:
        told = retold(session)
        found = [*unlike_events(session, told), *unlike_imports(session, told)]
        return [one for one in found if "照片" in one[1] or "导入" in one[1]]


def test_a_photo_is_whose_number_is_in_its_name(world: str, by: Acting, tmp_path: Path) -> None:
    with transaction(world) as session:
        ticket = load_stored(session, find_batch(session, "T"))[4].ticket
    files = {
        f"照片/王一_{id_number(1).lower()}.jpg": picture(grey=1),
        "t-0000002.JPG": picture(grey=2),
        "学员T-0000003（正面）.png": picture(grey=3, form="PNG"),
        f"{ticket}-王四.jpeg": picture(grey=4),
        "WangWu.jpg": picture(grey=5),
        "__MACOSX/._T-0000001.jpg": b"x",
        "Thumbs.db": b"x",
    }
    done = _take(world, _zip(tmp_path / "照片.zip", files), by)
    assert (done.outcome.counts.inserted, done.outcome.counts.rows) == (5, 5)
    # Small files of one shade: odd, and taken.
    assert set(map(tuple, _codes(done).values())) == {("E752",)}
    assert _owners(world) == [1, 2, 3, 4, 5]
    again = _take(world, tmp_path / "照片.zip", by)
    assert (again.outcome.import_id, again.outcome.counts.unchanged) == (None, 5)
    with transaction(world) as session:
        events = session.execute(select(Event.action).where(Event.action.contains("photo"))).scalars().all()
        assert sorted(events) == ["photo.import", "trainee_photo.write"]
    assert _truth(world) == []


def test_the_longest_word_that_names_somebody_is_meant(world: str, by: Acting, tmp_path: Path) -> None:
    with transaction(world) as session:
        (business, *_), (role, *_) = BUSINESS.labels, ROLE.labels
        for id_, name in ((1, "wang"), (2, "wang_1999"), (3, "wang-li.")):
            named = {"trainee_id": id_, "username": name, "password_hash": "x"}
            session.add(Account(**named, business=business, role=role, failed_checks=0, created_at=by.at))
    files = {
        "wang.jpg": picture(grey=1),
        "Wang_1999.jpg": picture(grey=2),
        "照片_wang-li._2.jpg": picture(grey=3),
        # A number counts more than a word that may be anybody's name.
        "wang_T-0000004.jpg": picture(grey=4),
    }
    done = _take(world, _zip(tmp_path / "照片.zip", files), by)
    assert {one.file.name: one.trainee_id for one in done.taken} == dict(
        zip(files, (1, 2, 3, 4), strict=True)
    )
    two = {"wang_wangwu.jpg": picture(), f"{id_number(1)}.T-0000002.jpg": picture()}
    assert _codes(_take(world, _zip(tmp_path / "两人.zip", two), by)) == {
        name: ["E752", "E751"] for name in two
    }


def test_a_code_of_a_batch_with_an_underscore_is_no_other_batch(
    world: str, by: Acting, tmp_path: Path
) -> None:
    with transaction(world) as session:
        session.execute(update(Batch).values(code="HN_T"))
        for id_ in (1, 2):
            number = {"application_no": f"HN_T-{id_:07d}"}
            session.execute(update(Application).where(Application.id == id_).values(**number))
    files = {"HN_T-0000001.jpg": picture(grey=1), "hn_t-0000002.jpg": picture(grey=2)}
    # Nobody has the first number, whoever has the other.
    files |= {"HN_T-0000003.jpg": picture(grey=3), "王五_T-0000005_2026-07.jpg": picture(grey=5)}
    source = _zip(tmp_path / "照片.zip", files)
    with photo_files(source) as found, transaction(world) as session:
        looked = [examined(one, PhotoLimits(None, None), Pictures()) for one in found]
        done = import_photos(session, source, looked, batch=None, by=by)
    assert {one.file.name: one.trainee_id for one in done.taken} == dict(
        zip(files, (1, 2, 0, 5), strict=True)
    )
    assert _codes(done) == {"HN_T-0000003.jpg": ["E750"]}


def test_two_files_that_differ_in_a_capital_are_two_of_one_person(
    world: str, by: Acting, tmp_path: Path
) -> None:
    number = next(one for one in map(id_number, range(9, 999)) if one.endswith("X"))
    with transaction(world) as session:
        session.execute(update(Trainee).where(Trainee.id == 1).values(id_number=number))
    files = {f"a/{number.lower()}.jpg": picture(grey=1), f"b/{number}.jpg": picture(grey=2)}
    done = _take(world, _zip(tmp_path / "照片.zip", files), by)
    assert _codes(done) == {name: ["E752", "E756"] for name in files}


def test_what_is_no_photo_of_one_person_stays_out(world: str, by: Acting, tmp_path: Path) -> None:
    good = picture()
    files = {
        "王一.jpg": good,
        "T-0000001 T-0000002.jpg": good,
        "T-0000003.jpg": good,
        "T-0000003_2.jpg": good,
        "T-0000004.heic": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64,
        "a/T-0000005.jpg": good[:-40],
        "b/T-0000005.png": b"GIF89a" + b"\x00" * 64,
        "../T-0000002.jpg": good,
        "T-0000002.txt": b"hello",
    }
    source = _zip(tmp_path / "照片.zip", files)
    with zipfile.ZipFile(source, "a") as package:
        link = zipfile.ZipInfo("link/T-0000002.jpg")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    done = _take(world, source, by)
    assert _codes(done) == {
        "../T-0000002.jpg": ["E754"],
        "T-0000001 T-0000002.jpg": ["E752", "E751"],
        "T-0000002.txt": ["E753"],
        "T-0000003.jpg": ["E752", "E756"],
        "T-0000003_2.jpg": ["E752", "E756"],
        "T-0000004.heic": ["E753"],
        "a/T-0000005.jpg": ["E753"],
        "b/T-0000005.png": ["E753"],
        "link/T-0000002.jpg": ["E754"],
        "王一.jpg": ["E752", "E750"],
    }
    assert (done.outcome.counts.rejected, _owners(world)) == (10, [])


def test_a_folder_is_read_too_and_links_are_not_followed(world: str, by: Acting, tmp_path: Path) -> None:
    folder = tmp_path / "照片"
    (folder / "郑州").mkdir(parents=True)
    (folder / "郑州/T-0000001.jpg").write_bytes(picture())
    (tmp_path / "别处.jpg").write_bytes(picture())
    (folder / "T-0000002.jpg").symlink_to(tmp_path / "别处.jpg")
    (tmp_path / "外").mkdir()
    (tmp_path / "外/T-0000003.jpg").write_bytes(picture())
    (folder / "外").symlink_to(tmp_path / "外", target_is_directory=True)
    done = _take(world, folder, by)
    assert (_codes(done)["T-0000002.jpg"], _owners(world)) == (["E754"], [1])
    assert _codes(done)["外"] == ["E754"], "what is passed over is told"


def test_a_picture_of_too_many_pixels_is_told_so(world: str, by: Acting, tmp_path: Path) -> None:
    size = (20_000, 20_000)
    head = struct.pack(">II5B", *size, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(2501 * 20))), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    (tmp_path / "T-0000001.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    done = _take(world, tmp_path / "T-0000001.png", by)
    (one,) = done.taken
    assert [fault.message.partition("；")[0] for fault in one.faults] == ["照片像素太多，最多 6400 万"]


def test_what_would_stop_the_printing_or_never_end_stays_out(world: str, by: Acting, tmp_path: Path) -> None:
    folder, good = tmp_path / "照片", picture()
    folder.mkdir()
    plain = BytesIO()
    Image.new("RGBA", (20, 30)).save(plain, "PNG")  # nothing to turn in it
    files = {
        "T-0000001.jpg": good[:200] + b"\x00" * 9_000 + b"\xff\xd9",
        "T-0000002.jpg": good[:700] + b"\xff\xd9",
        "T-0000003.png": plain.getvalue(),
        "T-0000004.png": picture(form="PNG")[:-40],
        "T-0000005.jpg": good + b"what some telephones write behind a picture",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    os.mkfifo(folder / "T-0000006.jpg")
    done = _take(world, folder, by)
    refused = {name: codes for name, codes in _codes(done).items() if codes != ["E752"] * len(codes)}
    assert refused == {
        **{name: ["E753"] for name in ("T-0000001.jpg", "T-0000002.jpg", "T-0000004.png")},
        "T-0000006.jpg": ["E754"],
    }
    assert _owners(world) == [3, 5]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    source = tmp_path / "照片.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("T-0000001.jpg", b"\xff\xd8\xff" + b"\x00" * (200 << 20))
    wide = BytesIO()
    Image.new("1", (12_000, 12_000)).save(wide, "PNG")
    _zip(tmp_path / "大.zip", {"T-0000001.png": wide.getvalue()})
    for path in (source, tmp_path / "大.zip"):
        with photo_files(path) as (one,):
            assert [fault.code for fault in examined(one, PhotoLimits(None, None), Pictures()).faults] == [
                "E753"
            ]


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_neither_folder_nor_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "照片.zip").write_bytes(content)
    (tmp_path / "空").mkdir()
    for path in (tmp_path / "照片.zip", tmp_path / "空"):
        with pytest.raises(ZhupeiError) as caught, photo_files(path):
            pass
        assert caught.value.code == "E755"
    assert MAX_FILES > 100_000


def test_a_photo_is_turned_as_it_was_held_and_its_size_is_looked_at(tmp_path: Path) -> None:
    files = {"a.jpg": picture(size=(626, 413), orientation=6), "b.jpg": picture(size=(300, 400))}
    with photo_files(_zip(tmp_path / "照片.zip", files)) as (turned, small):
        limits = PhotoLimits((413, 626), None)
        assert examined(turned, limits, Pictures()).faults == []
        (fault,) = examined(small, limits, Pictures()).faults
        assert fault.message.startswith("照片是 300 × 400 像素，应为 413 × 626")
        assert [one.code for one in examined(small, PhotoLimits(None, (150, 300)), Pictures()).faults] == [
            "E752"
        ]


def test_what_was_looked_at_is_stored_and_no_file_is_read_again(
    world: str, by: Acting, tmp_path: Path
) -> None:
    folder, pictures = tmp_path / "照片", Pictures()
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"T-000000{number}.jpg").write_bytes(picture(grey=number, orientation=6))
    with photo_files(folder) as files, ThreadPoolExecutor(2) as pool:
        looked = list(pool.map(lambda one: examined(one, PhotoLimits(None, None), pictures), files))
    (folder / "T-0000001.jpg").unlink()
    (folder / "T-0000002.jpg").write_bytes(picture(grey=200))
    for dry_run in (True, False):  # a server may undo the first try
        with transaction(world, dry_run=dry_run) as session:
            batch = find_batch(session, "T")
            done = import_photos(session, folder, looked, batch=batch, by=by)
            stored = [photos.photo_of(session, id_) for id_ in (1, 2, 3)]
        assert done.outcome.counts.inserted == 3
        assert [photos.photo_digest(one) for one in stored if one] == [one.digest for one in looked]
    assert _truth(world) == []


def test_an_import_is_taken_back_and_what_was_there_stands_there_again(
    world: str, by: Acting, tmp_path: Path
) -> None:
    first = _take(world, _zip(tmp_path / "一.zip", {"T-0000001.jpg": picture(grey=1)}), by)
    other = {"T-0000001.jpg": picture(grey=9), "T-0000002.jpg": picture(grey=2)}
    second = _take(world, _zip(tmp_path / "二.zip", other), by)
    assert (second.outcome.counts.updated, second.outcome.counts.inserted) == (1, 1)
    with transaction(world) as session, pytest.raises(ZhupeiError) as caught:
        undo(session, _id(first), by=by, reason="有误")
    assert caught.value.code == "E491"
    with transaction(world) as session:
        undo(session, _id(second), by=by, reason="有误")
        assert photos.photo_of(session, 1) == Photo("image/jpeg", picture(grey=1))
        assert photos.photo_of(session, 2) is None
    assert _truth(world) == []
    with transaction(world) as session:
        edit_person(session, "T-0000001", {}, by=by, photo=Photo("image/jpeg", picture(grey=7)))
    assert _truth(world) == []
    with transaction(world) as session, pytest.raises(ZhupeiError) as caught:
        undo(session, _id(first), by=by, reason="有误")
    assert "写入照片" in caught.value.message


def _id(done: TakenIn) -> int:
    assert done.outcome.import_id is not None
    return done.outcome.import_id


def test_nothing_of_a_photo_is_left_of_who_is_erased(world: str, by: Acting, tmp_path: Path) -> None:
    for grey in (1, 2):
        _take(world, _zip(tmp_path / f"{grey}.zip", {"T-0000001.jpg": picture(grey=grey)}), by)
    with transaction(world) as session:
        session.execute(update(Batch).values(status="cancelled"))
        erase_person(session, "T-0000001", by=by, reason="本人申请")
        images = select(ImportRow.before).where(ImportRow.entity == "trainee_photo")
        assert session.execute(images).scalars().all() == [None, None]
    assert _owners(world) == []
    assert [one for one in _truth(world) if "照片" in one[1] or one[0] == "E648"] == []


def test_a_photo_that_was_changed_behind_the_program_is_found(world: str, by: Acting, tmp_path: Path) -> None:
    _take(world, _zip(tmp_path / "一.zip", {"T-0000001.jpg": picture(grey=1)}), by)
    with transaction(world) as session:
        _change(session, content=b"\xff\xd8\xff")
    assert _truth(world) == [("E641", "照片 trainee 1")]


def _change(session: Session, **values: Any) -> None:
    session.execute(update(TraineePhoto).values(**values))
