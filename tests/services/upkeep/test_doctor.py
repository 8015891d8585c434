from pathlib import Path

import pytest

from zhupei_cli.services.upkeep.doctor import State, extras
from zhupei_cli.store.engines.sqlite.health import network_type

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/data /mnt/share nfs4 rw 0 0
//pc/docs /mnt/share/win cifs rw 0 0
tmpfs /mnt/share/fast tmpfs rw 0 0
me@host: /mnt/with\\040space fuse.sshfs rw 0 0
C: /mnt/c 9p rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/zhupei.sqlite", None),
        ("/mnt/share/a.sqlite", "nfs4"),
        ("/mnt/shared/a.sqlite", None),
        ("/mnt/share/win/x/a.sqlite", "cifs"),
        ("/mnt/share/fast/a.sqlite", None),
        ("/mnt/with space/a.sqlite", "fuse.sshfs"),
        ("/mnt/c/Users/a.sqlite", "9p"),
    ],
)
def test_a_network_share_is_known_by_its_mount(path: str, kind: str | None) -> None:
    assert network_type(Path(path), MOUNTS) == kind


def test_without_mounts_every_disk_is_local() -> None:
    assert network_type(Path("/mnt/share/a.sqlite"), "") is None


def test_what_is_not_installed_is_bad_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    states = {
        driver: [check.state for check in extras(driver)] for driver in ("sqlite", "postgresql", "mysql")
    }
    assert states == {
        "sqlite": [State.WARNING, State.WARNING, State.WARNING],
        "postgresql": [State.WARNING, State.BAD, State.WARNING],
        "mysql": [State.WARNING, State.WARNING, State.BAD],
    }
