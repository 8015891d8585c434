"""Write on three nodes of a Galera cluster, kill one and go on: `python -m tests.bench.galera`.

Takes mariadbd and galera-4 as Debian packages them, and rsync; all on loopback, gone with the process.
A batch is opened at the first node; each node takes in a third of the people at the same time, the third is
killed, and the season is finished by turns at the others: both must hold the same, `db check` finds nothing.
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL, func, select

from tests.bench.postgres import numbers
from tests.bench.sides import ZHUPEI, zhupei
from tests.oceanbase_server import OceanBase
from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Base
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading

_NODES = 3
_PROVIDERS = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
_SECONDS_TO_JOIN = 60
#: What a node does that was asked for a row: first it takes in what the others have written.
_OPTIONS = (
    "--binlog-format=ROW",
    "--innodb-autoinc-lock-mode=2",
    "--innodb-flush-log-at-trx-commit=0",
    "--max-allowed-packet=64M",
    "--wsrep-on=ON",
    "--wsrep-sst-method=rsync",
    "--wsrep-sync-wait=7",
    "--wsrep-node-address=127.0.0.1",
    "--bind-address=127.0.0.1",
)


def _ports(many: int) -> list[int]:
    with ExitStack() as kept:
        probes = [kept.enter_context(socket.socket()) for _ in range(many)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def running_cluster(folder: Path) -> Iterator[list[tuple[OceanBase, subprocess.Popen[bytes]]]]:
    """Run the nodes, each with the process it is."""
    provider = next(path for path in _PROVIDERS if Path(path).exists())
    user, ports = getpass.getuser(), _ports(4 * _NODES)
    if user == "root":  # whose rsync would write as nobody
        user = "mysql"
        shutil.chown(folder, user)
    gates = ports[:_NODES]
    cluster = "gcomm://" + ",".join(f"127.0.0.1:{gate}" for gate in gates)
    nodes = []
    try:
        for at, gate in enumerate(gates):
            port, ist, sst = ports[_NODES + 3 * at : _NODES + 3 * at + 3]
            data = folder / str(at)
            made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={user}"]
            made += ["--auth-root-authentication-method=normal", "--skip-test-db"]
            subprocess.run(made, check=True, capture_output=True)
            through = (
                f"base_port={gate};gmcast.listen_addr=tcp://127.0.0.1:{gate};ist.recv_addr=127.0.0.1:{ist}"
            )
            words = [f"--datadir={data}", f"--socket={folder / f'{at}.sock'}", f"--port={port}"]
            words += [f"--wsrep-provider={provider}", f"--wsrep-provider-options={through}"]
            words += [f"--wsrep-sst-receive-address=127.0.0.1:{sst}", f"--wsrep-cluster-address={cluster}"]
            words += [f"--user={user}", f"--pid-file={folder / f'{at}.pid'}", *_OPTIONS]
            with (folder / f"{at}.log").open("wb") as log:
                process = subprocess.Popen(
                    ["mariadbd", "--no-defaults", *words, *([] if at else ["--wsrep-new-cluster"])],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            query = {"unix_socket": str(folder / f"{at}.sock")}
            node = OceanBase(URL.create("mysql+pymysql", "root", host="localhost", query=query))
            nodes.append((node, process))
            _wait_for(node, joined=at + 1)
        yield nodes
    finally:
        for _, process in nodes:
            process.kill()
            process.wait()


def _wait_for(node: OceanBase, *, joined: int) -> None:
    """Wait until a node is one of `joined`."""
    import pymysql

    patience = time.monotonic() + _SECONDS_TO_JOIN
    asked = "SELECT variable_value FROM information_schema.global_status WHERE variable_name IN"
    asked += " ('wsrep_cluster_size', 'wsrep_local_state_comment') ORDER BY variable_name"
    while time.monotonic() < patience:
        try:
            with node.connect() as connection, connection.cursor() as cursor:
                cursor.execute(asked)
                if cursor.fetchall() == ((str(joined),), ("Synced",)):
                    return
        except pymysql.MySQLError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"node {joined} did not join")


def _at_once(urls: Sequence[str], commands: Sequence[Sequence[str | Path]]) -> None:
    """Run a command at each node at the same time, again where it was told to try again."""
    running = [
        subprocess.Popen(
            [ZHUPEI, "--database", url, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for url, command in zip(urls, commands, strict=True)
    ]
    for url, command, process in zip(urls, commands, running, strict=True):
        said = process.communicate()[1].decode()
        if process.returncode not in (0, 3):
            print(f"told to try again: {said.splitlines()[0]}", flush=True)
            zhupei(url, *command)


def play(nodes: Sequence[tuple[OceanBase, subprocess.Popen[bytes]]], folder: Path, season: Season) -> None:
    """Play the season by turns at the nodes, and kill the last of them on the way."""
    nodes[0][0].create("galera")
    urls = [node.url("galera") for node, _ in nodes]
    bases, plan, _ = write_season(folder, season)
    thirds = []
    for at in range(_NODES):
        thirds.append(folder / f"报名信息{at}.xlsx")
        rows = [one.cells for one in season.applicants[at::_NODES]]
        write_rows(thirds[-1], workbook_kinds.PERSON, rows, year=season.year)
    dates = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")
    zhupei(urls[0], "db", "init")
    zhupei(urls[1], "base", "import", bases)
    zhupei(urls[2], "batch", "create", "GALERA", "--name", "三", "--year", str(season.year), *dates)
    zhupei(urls[0], "batch", "plan", "import", plan)
    zhupei(urls[1], "batch", "open", "GALERA")
    _at_once(urls, [("trainee", "import", third, "--submit") for third in thirds])
    print("imports at three nodes at once: done", flush=True)
    os.kill(nodes[-1][1].pid, signal.SIGKILL)
    one, other, _ = urls
    for node, _ in nodes[:-1]:
        _wait_for(node, joined=_NODES - 1)
    write_rows(
        folder / "r.xlsx", workbook_kinds.REVIEW, review_rows(season, numbers(one, "submitted")), year=2026
    )
    zhupei(one, "review", "import", folder / "r.xlsx")
    zhupei(other, "batch", "close", "GALERA")
    write_rows(
        folder / "s.xlsx", workbook_kinds.SCORE, score_rows(season, numbers(other, "approved")), year=2026
    )
    zhupei(one, "admit", "scores", "import", folder / "s.xlsx")
    zhupei(other, "batch", "lock", "GALERA", "--yes")
    zhupei(one, "admit", "run")
    zhupei(other, "admit", "commit", "1", "--yes")
    counts = []
    for url in (one, other):
        zhupei(url, "db", "check", ends=(0,))
        with reading(url) as session:
            tables = Base.metadata.sorted_tables
            counts.append(
                {
                    table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                    for table in tables
                }
            )
    assert counts[0] == counts[1]
    print(f"one node killed, the season finished: {counts[0]['admission']} seats, no findings", flush=True)


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory(prefix="zhupei-galera-", ignore_cleanup_errors=True) as temporary,
        running_cluster(Path(temporary)) as running,
    ):
        play(running, Path(temporary), generate(7, bases=6, places=40, applicants=300))
