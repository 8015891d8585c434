"""Checking a sealed batch: needs the file alone, believes nothing in it."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, parse_inputs, results_text
from zhupei_cli.rules.admission.run import Inputs, ResultRow, Spot
from zhupei_cli.rules.batch.lifecycle import SEATED
from zhupei_cli.rules.proof.audit import Finding, audit
from zhupei_cli.services.results.sealed_events import (
    Contents,
    EventLine,
    Manifest,
    RunLine,
    SeatLine,
    contradicted,
)
from zhupei_cli.services.results.sealing import (
    ADMISSIONS,
    EVENTS,
    LAYOUTS,
    MANIFEST,
    inputs_part,
    part_lines,
    results_part,
)
from zhupei_cli.words.errors import ZhupeiError, sentence

#: Bytes of all parts together; a province of a million is a third of it.
_MOST: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """What a file says it is, its seal, and what is wrong with it."""

    batch: str
    name: str
    sealed_at: str
    seal: str
    findings: list[Finding]


def verify_file(path: Path, *, seal: str | None = None) -> VerifiedFile:
    """Check a sealed batch; `seal` are the first digits of the SHA-256 it should have.

    Raises E001 (no such file) and E062 (not a sealed batch, or damaged beyond reading).
    """
    if not path.is_file():
        raise ZhupeiError("E001", file=path)
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as package:
                return _verified(package, seal)
        except Exception as error:  # whatever it stumbles over: the file is no seal of ours, or damaged
            raise ZhupeiError("E062", file=path.name) from error


def _verified(package: zipfile.ZipFile, wanted: str | None) -> VerifiedFile:
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    if sum(entry.file_size for entry in entries) > _MOST or len(set(names)) < len(names):
        raise ValueError("too large, or a part twice")
    text = package.read(MANIFEST)
    manifest: Manifest = json.loads(text)
    if manifest["layout"] not in LAYOUTS:
        raise ValueError("another layout")
    seal = sha256(text).hexdigest()
    findings = []
    if wanted is not None and not seal.startswith(wanted.lower()):
        findings.append(_finding("E476", seal=seal[:16], wanted=wanted))
    changed = [*_changed(package, manifest["parts"]), *sorted({*names} - {MANIFEST, *manifest["parts"]})]
    findings += [_finding("E477", part=name) for name in changed]
    if not changed:  # of a part that was changed nothing more can be said
        findings += _examined(package, manifest)
    batch = manifest["batch"]
    return VerifiedFile(batch["code"], batch["name"], manifest["sealed_at"], seal, findings)


def _finding(code: str, **values: object) -> Finding:
    return Finding(code, sentence(code, values))


def _changed(package: zipfile.ZipFile, parts: Mapping[str, str]) -> Iterator[str]:
    there = set(package.namelist())
    for name, wanted in parts.items():
        if name not in there or sha256(package.read(name)).hexdigest() != wanted:
            yield name


def _examined(package: zipfile.ZipFile, manifest: Manifest) -> Iterator[Finding]:
    seated: dict[tuple[int, str], ResultRow] = {}
    computed: dict[int, Inputs] = {}
    by_digest: dict[str, Inputs] = {}
    inputs = None
    for run in manifest["runs"]:
        text = package.read(inputs_part(run["number"])).decode()
        inputs = computed[run["number"]] = by_digest[digest([text])] = parse_inputs([text])
        main = None if inputs.main is None else by_digest[inputs.main.inputs_sha256]
        rows = admit(inputs, main)
        yield from _of_run(package, run, text, inputs, rows, main)
        seated |= {(run["number"], row.no): row for row in rows}
    admissions = list[SeatLine](part_lines(package, ADMISSIONS))
    yield from _unlike_runs(admissions, seated)
    if inputs is not None:
        yield from _over_quota(admissions, inputs)
    contents = Contents(manifest, admissions, computed)
    yield from contradicted(contents, list[EventLine](part_lines(package, EVENTS)))


def _of_run(
    package: zipfile.ZipFile,
    run: RunLine,
    text: str,
    inputs: Inputs,
    rows: Sequence[ResultRow],
    main: Inputs | None,
) -> Iterator[Finding]:
    computed = digest(results_text(rows))
    stored = sha256(package.read(results_part(run["number"]))).hexdigest()
    if digest([text]) != run["inputs_sha256"]:
        yield _finding("E465", run=run["number"], what="输入")
    if computed != run["results_sha256"] or stored != computed:
        yield _finding("E465", run=run["number"], what="结果")
    yield from audit(inputs, rows, main)


def _unlike_runs(
    admissions: list[SeatLine], seated: Mapping[tuple[int, str], ResultRow]
) -> Iterator[Finding]:
    """Yield a finding for each seat that is not what its run found, for who has none and is in no run too.

    A seat given by hand has no run.
    """
    for one in admissions:
        if one["run"] is None:
            continue
        row = seated.get((one["run"], one["no"]))
        seat = (one["base"], one["specialty"], one["via"])
        if row is None or (one["base"] is not None and (row.base, row.specialty, row.via) != seat):
            yield _finding("E478", application_no=one["no"], run=one["run"])


def _over_quota(admissions: list[SeatLine], inputs: Inputs) -> Iterator[Finding]:
    quotas: dict[Spot, int] = {place.spot: place.quota for place in inputs.places}
    taken = Counter(
        (one["base"] or "", one["specialty"] or "") for one in admissions if one["status"] in SEATED
    )
    for (base, specialty), count in sorted(taken.items()):
        quota = quotas.get((base, specialty), 0)
        if count > quota:
            yield _finding("E441", base=base, specialty=specialty, quota=quota, held=0, taken=count)
