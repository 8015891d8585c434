"""The process that reads workbooks: whatever a file does to it, the one who asked lives on.

It is started by `worker`, takes (path, rows, columns) from its input and answers with messages, each as
length and marshal: ("size", bytes of a package unpacked), ("hidden", name and first texts of each hidden
sheet), then per sheet ("sheet", name), ("rows", …) as `Rows` makes them, and ("end", hidden rows, merged
ranges, rows struck through); at last
("done", peak memory in bytes), or ("error", code, values), ("system", number, text, file), ("broken", text).
"""

import gc
import marshal
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Final

from zhupei_cli.sheets.reading import guard
from zhupei_cli.sheets.reading.rows import Limits, Message
from zhupei_cli.words.errors import ZhupeiError

#: Memory for whatever is refused, and what larger good files may take besides, per byte of their parts.
_MEMORY: Final = 208 << 20
_PER_STRINGS, _PER_CONTENT, _PER_XLS = 6, 12, 20
#: Times that a byte of .xls takes longer than one of XML.
_XLS_SLOWER: Final = 12
#: Seconds of work, and bytes a second reads at the least.
_SECONDS: Final = 6
_SPEED: Final = 6 << 20


def messages(path: Path, limits: Limits) -> Iterator[Message]:
    """Yield what a file holds; ZhupeiError when it is refused."""
    size = path.stat().st_size
    restrict(_MEMORY, size)
    form = guard.package_form(path)
    if form == "csv":
        from zhupei_cli.sheets.reading.csv_read import read_csv

        yield from read_csv(path, limits)
    elif form == "xls":
        from zhupei_cli.sheets.reading.xls_read import read_xls

        restrict(_MEMORY + _PER_XLS * size, _XLS_SLOWER * size)
        yield from read_xls(path, limits)
    else:
        yield from _package(path, limits)


def _package(path: Path, limits: Limits) -> Iterator[Message]:
    from zhupei_cli.sheets.reading import package

    with package.opened(path) as opened:
        kind = guard.kind_of(opened.namelist(), path)
        sizes = {info.filename.casefold(): info.file_size for info in opened.infolist()}
        memory = _PER_STRINGS * sizes.get("xl/sharedstrings.xml", 0)
        if kind == "ods":
            memory = _PER_CONTENT * sizes.get("content.xml", 0)
        restrict(_MEMORY + memory, sum(sizes.values()))
        yield "size", sum(sizes.values())
        if kind == "ods":
            from zhupei_cli.sheets.reading.ods_read import read_ods

            yield from read_ods(opened, limits)
        else:
            from zhupei_cli.sheets.reading.xlsx_read import read_xlsx

            yield from read_xlsx(opened, limits)


def restrict(memory: int, size: int) -> None:
    """Set this process's limits, as far as the platform has any, for reading `size` bytes from now on."""
    if sys.platform == "win32":
        return
    import resource

    for kind, soft in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, _cpu_until(size))):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _cpu_until(size: int) -> int:
    times = os.times()
    return int(times.user + times.system) + 1 + _SECONDS + size // _SPEED


def _peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    status = Path("/proc/self/status")  # elsewhere the parent's memory counts as ours
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        return int(found[1]) << 10 if found else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def answer(request: tuple[str, int, int]) -> Iterator[Message]:
    """Yield the whole answer to one request; it always ends with a last word."""
    name, rows, columns = request
    try:
        yield from messages(Path(name), Limits(rows, columns))
        yield "done", _peak()
    except ZhupeiError as error:
        yield "error", error.code, error.values
    except MemoryError:
        yield "error", "E043", {"file": Path(name).name}
    except OSError as error:
        yield "system", error.errno, error.strerror, name
    except Exception:
        yield "broken", traceback.format_exc()


def main() -> None:
    """Answer requests until the input ends: then the parent is gone, or wants no more."""
    gc.disable()  # rows are no cycles; a third of the time goes into looking for some
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent takes Ctrl-C, and ends this process
    source, target = sys.stdin.buffer, sys.stdout.buffer
    requests: SimpleQueue[tuple[str, int, int]] = SimpleQueue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    try:
        while True:
            for message in answer(requests.get()):
                data = marshal.dumps(message)
                target.write(len(data).to_bytes(4, "big") + data)
                if message[0] != "sheet":
                    target.flush()
            gc.collect()
    except BrokenPipeError:
        os._exit(0)


def _listen(source: BinaryIO, requests: "SimpleQueue[object]") -> None:
    """Take in requests, even while one is being answered: an orphan ends at once."""
    while len(head := source.read(4)) == 4:
        requests.put(marshal.loads(source.read(int.from_bytes(head, "big"))))
    os._exit(0)
