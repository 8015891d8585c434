"""What a kill leaves behind is in nobody's way and shows nobody's number."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from zhupei_cli.files import replacing, together
from zhupei_cli.printing.typesetting import sweep_printings


@pytest.mark.sqlite
def test_db_init_goes_over_what_a_killed_one_left(zhupei: Run, home: Path) -> None:
    url = f"sqlite:///{home}/a.sqlite"
    for left in (b"", None):
        path = home / "a.sqlite"
        if left is None:
            import sqlite3

            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            connection.close()
        else:
            path.write_bytes(left)
            (home / "a.sqlite-wal").write_bytes(b"rest")
        assert zhupei("--database", url, "db", "init", "-n").code == 0
        assert zhupei("--database", url, "db", "init").code == 0
        assert zhupei("--database", url, "base", "specialty", "list", "--json").out.count('"code"') == 38 - 1
        assert zhupei("--database", url, "db", "init").code == 5
        path.unlink()
        assert [one.name for one in home.iterdir() if one.name.startswith(".zhupei")] == []


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    def write(stop: bool) -> None:
        with together():
            for name in ("甲", "乙"):
                with replacing(tmp_path / f"{name}.txt") as beside:
                    beside.write_text(name)
                assert not (tmp_path / f"{name}.txt").exists()
            if stop:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(True)
    assert list(tmp_path.iterdir()) == []
    write(False)
    assert {one.name for one in tmp_path.iterdir()} == {"甲.txt", "乙.txt"}


def test_what_was_being_written_is_swept_a_day_later(tmp_path: Path) -> None:
    old, new = tmp_path / ".zhupei-old.xlsx", tmp_path / ".zhupei-new.xlsx"
    for one, hours in ((old, 25), (new, 1)):
        one.write_text("4101")
        os.utime(one, (time.time() - hours * 3600,) * 2)
    with replacing(tmp_path / "a.txt") as beside:
        beside.write_text("a")
    assert {one.name for one in tmp_path.iterdir()} == {"a.txt", ".zhupei-new.xlsx"}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path


def test_printing_sweeps_what_was_left_of_a_killed_one(temporary: Path) -> None:
    folders = [temporary / name for name in ("zhupei-old", "zhupei-new", "zhupei-other")]
    for one in folders:
        one.mkdir()
        (one / ("data.json" if one.name.endswith("other") else "form.typ")).write_text("4101")
    for one in (folders[0], folders[2]):
        os.utime(one, (time.time() - 25 * 3600,) * 2)
    sweep_printings()
    assert {one.name for one in temporary.iterdir()} == {"zhupei-new", "zhupei-other"}


@pytest.mark.usefixtures("temporary")
def test_no_number_is_written_into_the_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    typst = pytest.importorskip("typst")
    from zhupei_cli.printing.fonts import find_fonts
    from zhupei_cli.printing.letter import Letter, Letters, render_letters

    seen: list[bytes] = []
    compile_ = typst.compile

    def looking(path: Path, **options: object) -> object:
        seen.extend(one.read_bytes() for one in path.parent.iterdir())
        return compile_(path, **options)

    monkeypatch.setattr(typst, "compile", looking)
    number = "410101199501011015"
    letter = Letter("A-0000001", "王一", number, "基地", "内科", "3", "", "x")
    pdf = render_letters(Letters([letter], "批次", 2026, "2026 年", "", "", "", ""), fonts=find_fonts(None))
    assert pdf.startswith(b"%PDF")
    assert seen
    assert not any(number.encode() in one for one in seen)


@pytest.mark.sqlite
def test_a_configuration_of_the_folder_says_once_where_it_leads(zhupei: Run, home: Path) -> None:
    file = home / "zhupei.toml"
    file.write_text(
        'database = "postgresql+psycopg://u:geheim@h/d"\n[mail]\nhost = "m"\nfrom = "a"\nto = "b"\n'
    )
    first = zhupei("config", "path")
    assert first.err == (
        f"提醒：{file} 指定了数据库 postgresql+psycopg://u:***@h/d（以后不再提醒）\n"
        f"提醒：{file} 指定了邮件服务器 m（以后不再提醒）\n"
    )
    assert zhupei("config", "path").err == ""
    # Not even when the file asks for quiet: it may be a stranger's.
    file.write_text('database = "sqlite:///b.sqlite"\nquiet = true\n')
    assert zhupei("--database", "sqlite:///c.sqlite", "config", "path").err == ""
    assert zhupei("--quiet", "config", "path").err == ""
    assert "b.sqlite（以后不再提醒）" in zhupei("config", "path").err
