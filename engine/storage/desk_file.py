"""What a desk file must be like before SQLite may open it: where it lies, what it is, and which one it
is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from engine.values.errors import StoreUnusable

_NETWORK_FILE_SYSTEMS: Final = ("nfs", "cifs", "smb", "9p", "fuse", "afs", "ceph", "gluster", "lustre")
_SMALLEST: Final = 512
"""Bytes of the smallest page of SQLite: no database is shorter."""
_FORMATS: Final = slice(18, 20)
_WAL: Final = b"\x02\x02"
"""What a file in WAL mode says there (SQLite's file format, 1.3.3)."""


def file_at(path: Path) -> tuple[int, int] | None:
    """Which file lies there: its device and inode; an inode is not given away as long as somebody has it open."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def stands_still(path: Path) -> bool:
    """Whether nobody writes the file: its medium is mounted read-only here, and whoever has it open elsewhere would
    have left files beside it.

    SQLite needs to write beside a file in WAL mode even to read it, unless it is told that. In another mode it needs
    nothing but locks, which is safer: nothing beside such a file says who has it open.
    """
    try:
        if not os.statvfs(path).f_flag & os.ST_RDONLY or os.path.exists(f"{path}-shm"):
            return False
        log = f"{path}-wal"
        with path.open("rb") as file:
            return file.read(20)[_FORMATS] == _WAL and not (os.path.exists(log) and os.path.getsize(log))
    except OSError:
        return False


def refuse_bad_path(path: Path, *, create: bool) -> None:
    """Raises StoreUnusable, with the mend, where no desk file is or may be made at a path."""
    try:
        found: os.stat_result | None = os.lstat(path)
    except FileNotFoundError:
        found = None
    except OSError as error:
        raise StoreUnusable(f"{path}: cannot be looked at ({error.strerror}); check the path") from error
    if found is None:
        if not create:
            raise StoreUnusable(f"{path}: there is no such file; `offplan init` makes a workspace with one")
        if not path.parent.is_dir():
            raise StoreUnusable(f"{path.parent}: there is no such folder; make it first")
    elif stat.S_ISLNK(found.st_mode):
        raise StoreUnusable(f"{path}: this is a symbolic link; name the file itself")
    elif not stat.S_ISREG(found.st_mode):
        raise StoreUnusable(f"{path}: this is not a regular file; name an offplan database")
    elif found.st_size < _SMALLEST and not (create and found.st_size == 0):
        # SQLite takes so short a file for a new database, and would write over what somebody keeps there.
        raise StoreUnusable(f"{path}: this is no database; name an offplan database, or remove the file")
    kind = file_system_of(path.parent)
    if any(kind.startswith(name) for name in _NETWORK_FILE_SYSTEMS) and not os.environ.get("OFFPLAN_ALLOW_NETWORK_FS"):
        raise StoreUnusable(
            f"{path}: it lies on a network file system ({kind}), where SQLite loses data;"
            " move it to a local disk, or set OFFPLAN_ALLOW_NETWORK_FS=1"
        )


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The type of the file system that holds a folder, empty where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    target = os.path.realpath(folder) + "/"
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").rstrip("/") + "/"
        if target.startswith(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
