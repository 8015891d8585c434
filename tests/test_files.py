from pathlib import Path

import pytest

from zhupei_cli.files import made_beside, put_in_place, replacing, together
from zhupei_cli.words.errors import ZhupeiError


def test_a_new_file_is_private_and_alone(tmp_path: Path) -> None:
    target = tmp_path / "名单.xlsx"
    with replacing(target) as beside:
        assert (beside.parent, beside.suffix, target.exists()) == (tmp_path, ".xlsx", False)
        beside.write_text("新")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("名单.xlsx", "新")]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_writer_that_makes_its_file_anew_keeps_the_mode(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as beside:
        beside.unlink()
        beside.write_text("新")
        beside.chmod(0o644)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_refused_without_force(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("旧")
    with pytest.raises(ZhupeiError) as refused, replacing(target):
        raise AssertionError("must not get here")
    assert (refused.value.code, refused.value.exit_code) == ("E002", 5)
    assert refused.value.message == f"文件 {target} 已存在"
    with replacing(target, force=True) as beside:
        beside.write_text("新")
    assert target.read_text() == "新"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with pytest.raises(ZhupeiError, match="E002"), replacing(target):
        target.write_text("别人的")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "别人的")]


def test_an_error_in_the_block_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("旧")
    with pytest.raises(KeyboardInterrupt), replacing(target, force=True) as beside:
        beside.write_text("写了一半")
        raise KeyboardInterrupt
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "旧")]


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ZhupeiError, match="E002"), replacing(tmp_path, force=True):
        raise AssertionError("must not get here")


def test_missing_folders_are_made(tmp_path: Path) -> None:
    with replacing(tmp_path / "新" / "夹" / "a.csv") as beside:
        beside.write_text("新")
    assert (tmp_path / "新" / "夹" / "a.csv").read_text() == "新"


def test_what_the_system_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("not a folder")
    with pytest.raises(ZhupeiError) as refused, replacing(tmp_path / "a" / "b.csv"):
        raise AssertionError("must not get here")
    assert (refused.value.code, refused.value.exit_code) == ("E003", 1)
    assert str(tmp_path / "a" / "b.csv") in refused.value.message


def test_no_two_files_of_one_name_are_made_together(tmp_path: Path) -> None:
    """The first of them would be gone without a word."""
    with pytest.raises(ZhupeiError, match=r"E1\.jpg"), together():
        for content in ("甲", "乙"):
            with replacing(tmp_path / "E1.jpg", force=True) as beside:
                beside.write_text(content)
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_down_is_never_lost(tmp_path: Path) -> None:
    path = tmp_path / "短信.xlsx"
    with made_beside(path) as beside:
        beside.write_text("一", encoding="utf-8")
    assert list(tmp_path.iterdir()) == []
    with made_beside(path) as beside:
        beside.write_text("一", encoding="utf-8")
        assert put_in_place(beside, path) == path
    # Another one came while this one was made; on Windows Excel may have the old one open.
    for force, taken in ((False, path), (True, tmp_path / "a.xlsx")):
        with made_beside(tmp_path / "a.xlsx") as beside:
            beside.write_text("二", encoding="utf-8")
            if force:
                taken.mkdir()
            placed = put_in_place(beside, taken, force=force)
        assert (placed, placed.read_text(encoding="utf-8")) == (taken.with_stem(f"{taken.stem}-2"), "二")
        assert placed.stat().st_mode & 0o777 == 0o600
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]
