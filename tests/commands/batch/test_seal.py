"""`zhupei batch seal` and `zhupei verify`: a sealed batch proves itself, and every change of it shows."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from sqlalchemy import select, text, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.model import Admission, Event
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, parse_inputs, results_text
from zhupei_cli.rules.admission.run import Inputs
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.services.records.events import canonical, chained
from zhupei_cli.services.results.sealed_events import EventLine, summary
from zhupei_cli.services.results.sealed_files import verify_file
from zhupei_cli.store.engine import connected, reading, transaction
from zhupei_cli.words.errors import ZhupeiError

pytestmark = pytest.mark.long


@pytest.fixture
def call(database: str, zhupei: Run) -> Callable[..., Ran]:
    """The worked example as batch T, computed, committed and published."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    for step in (("admit", "run"), ("admit", "commit", "1"), ("batch", "publish", "--yes")):
        assert run(*step).code == 0
    return run


@pytest.fixture
def sealed(call: Callable[..., Ran], tmp_path: Path) -> Path:
    assert call("admit", "decline", "T-0000004", "--reason", "另有安排").code == 0
    assert call("admit", "place", "T-0000003", "B", "0100", "--reason", "递补").code == 0
    assert call("batch", "finalize", "--yes").code == 0
    assert call("batch", "seal").code == 0
    return tmp_path / "T_封存.zip"


def test_only_what_is_final_is_sealed(call: Callable[..., Ran], tmp_path: Path) -> None:
    assert call("batch", "seal") == Ran(
        5,
        "",
        "错误 [E475]：批次 T 现为“公示中”，还不能封存\n怎么办：先运行 zhupei batch finalize T\n",
    )
    assert list(tmp_path.glob("*封存*")) == []


@pytest.mark.sqlite
def test_what_is_not_kept_is_not_sealed(call: Callable[..., Ran], database: str, tmp_path: Path) -> None:
    """The event is refused in the commit itself, when the file is whole."""
    assert call("batch", "finalize", "--yes").code == 0
    with connected(database, read_only=False) as connection:
        for statement in (
            "CREATE TABLE late (id INTEGER REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TRIGGER late AFTER INSERT ON event BEGIN INSERT INTO late VALUES (99); END",
        ):
            connection.exec_driver_sql(statement)
    assert call("batch", "seal").code == 5
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".zip"] == []
    with connected(database, read_only=False) as connection:
        connection.exec_driver_sql("DROP TRIGGER late")
    assert call("batch", "seal").code == 0
    assert call("verify", "T_封存.zip").code == 0


def test_a_sealed_batch_proves_itself_without_a_database(sealed: Path, database: str, zhupei: Run) -> None:
    ran = zhupei("--database", "sqlite:///没有.sqlite", "verify", sealed, "--json")
    found = json.loads(ran.out)
    assert (ran.code, ran.err, found["ok"], found["batch"], found["findings"]) == (0, "", True, "T", [])
    with reading(database) as session:
        data = session.execute(select(Event.data).where(Event.action == "batch.seal")).scalar_one()
    assert json.loads(data or "") == {"sha256": found["seal"]}
    words = f"批次 T（{{}}），封存号 {found['seal'][:16]}：全部相符\n"
    with zipfile.ZipFile(sealed) as archive:
        name = json.loads(archive.read("manifest.json"))["batch"]["name"]
    assert zhupei("verify", sealed, "--seal", found["seal"][:16]) == Ran(0, "", words.format(name))
    assert zhupei("verify", sealed, "--seal", "0" * 16).code == 3
    assert zhupei("verify", sealed, "--seal", "封存").code == 2


def test_a_sealed_file_explains_an_applicant_without_a_database(sealed: Path, zhupei: Run) -> None:
    def explain(no: str, *more: str) -> Ran:
        return zhupei("--database", "sqlite:///没有.sqlite", "verify", sealed, "--explain", no, *more)

    assert explain("T-0000002").out == (
        "T-0000002：已录取，A 0100（第一志愿，总成绩 80.00，排第 2 名）\n"
        "第 1 次录取计算（志愿优先，志愿录取）：录取\n"
        "第一志愿 A 0100：录取。计划 2 人，总成绩 80.00，排第 2 名，志愿最低分 80.00\n"
        "第二志愿 B 0100：已被前面的志愿录取，不再考虑。"
        "计划 1 人，总成绩 80.00，排第 2 名，志愿最低分 70.00\n"
    )
    # Placed by hand after a run had no seat: the newest act, and what that run said.
    assert explain("T-0000003").out == (
        "T-0000003：已录取，B 0100（个别安排，总成绩 78.00，排第 3 名）\n"
        "第 1 次录取计算（志愿优先，志愿录取）：未录取（服从调剂但无空缺岗位）\n"
        "第一志愿 A 0100：名额已由名次在前的考生录满。计划 2 人，总成绩 78.00，排第 3 名，志愿最低分 80.00\n"
        "第二志愿 B 0100：志愿优先：轮到第二志愿时，名额已由前面的志愿录满。"
        "计划 1 人，总成绩 78.00，排第 3 名，志愿最低分 70.00\n"
        "调剂：没有可去的岗位：排在调剂第 1 位，轮到时考察本专业岗位 1 个（名额已满 1 个）\n"
    )
    assert explain("T-0000004").out.startswith("T-0000004：放弃录取（原因：另有安排）\n")
    told = json.loads(explain("T-0000003", "--json").out)["explanation"]
    assert [told[key] for key in ("status", "base", "via", "total", "rank")] == [
        *("admitted", "B", "place", 78.0, 3)
    ]
    assert [step["cutoff"] for step in told["runs"][0]["steps"]] == [80.0, 70.0]
    missing = explain("T-0000009")
    assert (missing.code, missing.err.splitlines()[0]) == (
        4,
        "错误 [E705]：封存的批次 T 里没有考生 T-0000009；相近的有 T-0000001、T-0000002、T-0000003",
    )
    # A file that contradicts itself explains nothing.
    forged = _rewritten(sealed, _replace("admissions.jsonl", '"via":"choice2"', '"via":"choice1"'))
    ran = zhupei("verify", forged, "--explain", "T-0000003", "--json")
    assert (ran.code, json.loads(ran.out)["explanation"]) == (3, None)


def test_a_sealed_file_names_nobody(sealed: Path) -> None:
    with zipfile.ZipFile(sealed) as package:
        said = "".join(package.read(name).decode() for name in package.namelist())
    assert "T-0000001" in said
    assert "410101" not in said  # ID numbers begin so


def _rewritten(sealed: Path, change: Callable[[dict[str, bytes]], None], *, honest: bool = True) -> Path:
    """Return a copy whose parts are changed; an `honest` one lists them in its manifest as they are now."""
    from hashlib import sha256

    with zipfile.ZipFile(sealed) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    manifest = json.loads(parts["manifest.json"])
    if honest:
        manifest["parts"] = {
            name: sha256(content).hexdigest() for name, content in parts.items() if name != "manifest.json"
        }
        parts["manifest.json"] = json.dumps(manifest).encode()
    path = sealed.with_name("改过.zip")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def _replace(part: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode(), 1)

    return change


@pytest.mark.parametrize(
    ("part", "old", "new", "codes"),
    [
        ("run-1.inputs.json", '"60.00"', '"99.00"', ["E465", "E465", "E652"]),
        ("run-1.results.json", '"choice1"', '"choice2"', ["E465"]),
        ("admissions.jsonl", '"via":"choice2"', '"via":"choice1"', ["E478", "E652"]),
        ("admissions.jsonl", '"base":"C"', '"base":"A"', ["E478", "E441", "E652"]),
        ("events.jsonl", "另有安排", "没有安排", ["E479"]),
    ],
)
def test_whoever_rewrites_a_part_and_the_manifest_is_found(
    sealed: Path, zhupei: Run, part: str, old: str, new: str, codes: list[str]
) -> None:
    path = _rewritten(sealed, _replace(part, old, new))
    ran = zhupei("verify", path, "--json")
    assert (ran.code, [one["code"] for one in json.loads(ran.out)["findings"]]) == (3, codes)


def test_a_part_changed_lost_or_added_is_named(sealed: Path, zhupei: Run) -> None:
    def messages(change: Callable[[dict[str, bytes]], Any]) -> list[str]:
        ran = zhupei("verify", _rewritten(sealed, change, honest=False), "--json")
        return [one["message"].split(" 与")[0] for one in json.loads(ran.out)["findings"]]

    assert messages(_replace("events.jsonl", "T-0000004", "T-0000001")) == ["封存文件的 events.jsonl"]
    assert messages(lambda parts: parts.pop("admissions.jsonl")) == ["封存文件的 admissions.jsonl"]
    assert messages(lambda parts: parts.update(x=b"")) == ["封存文件的 x"]


def test_other_files_are_refused(sealed: Path, zhupei: Run, tmp_path: Path) -> None:
    refused = Ran(
        3,
        "",
        "错误 [E062]：{} 不是封存的批次文件，或已经损坏\n怎么办：请取回用 zhupei batch seal 写出的文件\n",
    )
    short = tmp_path / "短.zip"
    short.write_bytes(sealed.read_bytes()[:-200])
    other = tmp_path / "别的.zip"
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("manifest.json", "[]")
    for path in (short, other):
        assert zhupei("verify", path) == refused._replace(err=refused.err.format(path.name))
    assert zhupei("verify", "没有.zip").code == 4


def test_no_damage_ends_in_anything_but_a_verdict(sealed: Path, tmp_path: Path) -> None:
    whole, chance = sealed.read_bytes(), Random(20240611)
    damaged = tmp_path / "坏.zip"
    refused = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        damaged.write_bytes(content)
        try:
            verify_file(damaged)
        except ZhupeiError as error:
            assert error.code == "E062"
            refused += 1
    assert refused > 150


def _of(parts: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in parts["events.jsonl"].splitlines()]


def _put(parts: dict[str, bytes], events: list[dict[str, Any]]) -> None:
    """Write events back, chained anew, and sum them up in the manifest as they are now."""
    for at, event in enumerate(events):
        if at and events[at - 1]["seq"] + 1 == event["seq"]:
            event["previous"] = events[at - 1]["hash"]
        names = ("seq", "at", "who", "action", "batch_id", "subject", "before", "after", "reason", "data")
        event["hash"] = chained(event["previous"], [event[name] for name in names])
    parts["events.jsonl"] = "".join(canonical(event) + "\n" for event in events).encode()
    manifest = json.loads(parts["manifest.json"])
    manifest["events"] = summary(cast(list[EventLine], events))
    parts["manifest.json"] = json.dumps(manifest).encode()


def _codes(path: Path) -> set[str]:
    return {finding.code for finding in verify_file(path).findings}


def test_whoever_takes_an_event_out_and_chains_the_rest_anew_is_found(sealed: Path) -> None:
    with zipfile.ZipFile(sealed) as package:
        events = _of({"events.jsonl": package.read("events.jsonl")})
    assert len(events) > 20
    missed = []
    for number, event in enumerate(events):

        def change(parts: dict[str, bytes], number: int = number) -> None:
            _put(parts, [one for at, one in enumerate(_of(parts)) if at != number])

        if not _codes(_rewritten(sealed, change)):
            missed.append(event["action"])
    assert missed == []


@pytest.mark.parametrize("order", ["emptied", "reversed", "cut", "doubled"])
def test_events_in_disorder_are_found(sealed: Path, order: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        events = _of(parts)
        changed = {"emptied": [], "reversed": events[::-1], "cut": events[:-1], "doubled": events * 2}
        _put(parts, changed[order])

    found = _codes(_rewritten(sealed, change))
    assert "E652" in found if order in ("emptied", "cut") else "E651" in found


def _compute_anew(parts: dict[str, bytes], change: Callable[[Inputs], Inputs]) -> dict[str, str]:
    """Forge the inputs of the run and all that is computed from them; return their digests."""
    forged = change(parse_inputs([parts["run-1.inputs.json"].decode()]))
    rows = admit(forged)
    parts["run-1.inputs.json"] = "".join(inputs_text(forged)).encode()
    parts["run-1.results.json"] = "".join(results_text(rows)).encode()
    manifest = json.loads(parts["manifest.json"])
    digests = {"inputs_sha256": digest(inputs_text(forged)), "results_sha256": digest(results_text(rows))}
    manifest["runs"][0] |= digests
    parts["manifest.json"] = json.dumps(manifest).encode()
    return digests


def _with_last(inputs: Inputs, **values: Any) -> Inputs:
    return replace(inputs, candidates=(*inputs.candidates[:-1], inputs.candidates[-1]._replace(**values)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda inputs: replace(inputs, adjust=not inputs.adjust), "E652"),
        (lambda inputs: replace(inputs, rule="stable"), "E652"),
        (lambda inputs: _with_last(inputs, submitted_at="2020-01-01T00:00:00Z"), "E652"),
        (lambda inputs: replace(inputs, candidates=inputs.candidates[:-1]), "E478"),
    ],
    ids=["adjustment", "rule", "submitted", "candidate"],
)
def test_whoever_gives_the_events_the_new_digests_too_is_found(
    sealed: Path, change: Callable[[Inputs], Inputs], told: str
) -> None:
    def forge(parts: dict[str, bytes]) -> None:
        digests, events = _compute_anew(parts, change), _of(parts)
        for event in events:
            if event["action"] in ("admission.run", "admission.commit"):
                event["data"] = canonical(json.loads(event["data"]) | digests)
        _put(parts, events)

    assert told in _codes(_rewritten(sealed, forge))


def test_whoever_computes_marks_and_results_anew_is_found_by_the_events(sealed: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        marks = (Record(None, 10000, 10000, 10000),)
        _compute_anew(parts, lambda inputs: _with_last(inputs, records=marks))

    found = verify_file(_rewritten(sealed, change)).findings
    assert {"第 1 次录取计算", "T-0000005 的成绩"} <= {
        one.message.partition("：")[2].partition("；")[0] for one in found
    }


def test_a_placement_without_an_event_is_found(sealed: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        row = {"no": "T-0000005", "status": "admitted", "base": "C", "specialty": "0100", "via": "place"}
        rows = [json.loads(line) for line in parts["admissions.jsonl"].splitlines()]
        rows = [one for one in rows if one["no"] != row["no"]] + [{**row, "run": None}]
        parts["admissions.jsonl"] = "".join(canonical(one) + "\n" for one in rows).encode()

    assert "E652" in _codes(_rewritten(sealed, change))


def test_without_the_published_number_nothing_is_called_whole(sealed: Path, zhupei: Run) -> None:
    ran = zhupei("verify", sealed)
    said, how = ran.err.splitlines()
    assert (ran.code, ran.out, said.endswith("：内部相符；未核对封存号")) == (0, "", True)
    assert "--seal" in how
    for explained in ((), ("--explain", "T-0000001")):
        assert zhupei("-q", "verify", sealed, *explained).err == said + "\n", "who wants no notes is told too"
    assert json.loads(zhupei("verify", sealed, "--json").out)["seal_checked"] is False


def test_numbers_of_people_in_reasons_stay_behind(
    call: Callable[..., Ran], database: str, tmp_path: Path
) -> None:
    reason = "本人 410101199501011015 来电 13800000001"
    assert call("admit", "decline", "T-0000004", "--reason", reason).code == 0
    assert call("admit", "decline", "T-0000002", "--reason", "另有安排").code == 0
    with transaction(database) as session:  # as an earlier version wrote it
        rows = session.execute(select(Event).order_by(Event.seq)).scalars().all()
        for before, row in zip([None, *rows], rows, strict=False):
            if row.subject == "T-0000002" and row.reason:
                row.reason = reason
                session.execute(update(Admission).where(Admission.reason == "另有安排").values(reason=reason))
            fields = (row.who, row.action, row.batch_id, row.subject, row.before, row.after, row.reason)
            previous = "" if before is None else before.hash
            row.hash = chained(previous, (row.seq, row.at.isoformat(), *fields, row.data))
    assert call("batch", "finalize", "--yes").code == 0
    assert call("batch", "seal").code == 0
    with zipfile.ZipFile(tmp_path / "T_封存.zip") as package:
        said = "".join(package.read(name).decode() for name in package.namelist())
    assert ("199501011015" in said, "13800000001" in said) == (False, False)
    assert said.count("4101**********1015") == 2
    assert said.count('"withheld"') == 1
    assert _codes(tmp_path / "T_封存.zip") == set()


def test_what_stands_otherwise_than_its_events_say_is_not_sealed(
    call: Callable[..., Ran], database: str, tmp_path: Path
) -> None:
    assert call("batch", "finalize", "--yes").code == 0
    with transaction(database) as session:
        session.execute(text("UPDATE score SET written = 9999"))
    ran = call("batch", "seal")
    assert (ran.code, ran.out, "[E650]" in ran.err, "摘要不符：成绩 T-0000001" in ran.err) == (
        3,
        "",
        True,
        True,
    )
    assert list(tmp_path.glob("*封存*")) == []
