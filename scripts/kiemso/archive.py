"""Zip files, which most office files are: looked at before any of their parts is used."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

from kiemso.limit import Limits
from kiemso.problem import Refused
from kiemso.reader.fault import cut_off, protected

_MEGABYTE = 1_000_000
_ALWAYS_FINE = 10 * _MEGABYTE  # an empty sheet with many formatted rows shrinks a thousandfold and harms nobody
_ENCRYPTED = 0x1  # the flag of a part


def check_archive(path: Path, name: str, limits: Limits) -> None:
    """Refused for a zip file that is damaged, encrypted or that unpacks to more than the limits allow.

    Every part is unpacked once, for a part may be longer than it says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(parts, path.stat().st_size, name, limits)
            if any(part.flag_bits & _ENCRYPTED for part in parts):
                raise protected(name)
            twice = [part for part, times in Counter(part.filename for part in parts).items() if times > 1]
            if twice or archive.testzip() is not None:
                raise cut_off(name)
    except (Refused, MemoryError):
        raise
    except Exception:  # a damaged archive fails anywhere: in its directory, zlib, names in no known encoding
        raise cut_off(name) from None


def _check_sizes(parts: list[zipfile.ZipInfo], packed: int, name: str, limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    limits.hold("unpacked_megabytes", unpacked / _MEGABYTE, name)
    if unpacked > _ALWAYS_FINE:
        limits.hold("compression_ratio", unpacked / packed, name)
