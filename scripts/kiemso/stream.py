"""stdout and stderr of a notebook's cells, and of the programs that they start."""

from __future__ import annotations

import codecs
import io
import os
import tempfile
import threading
import time
from contextvars import ContextVar
from typing import Any

from jupyter_client.session import Session, extract_header

_SECONDS = 0.2  # as often as a kernel sends what a cell that takes long has written


class OutStream(io.TextIOBase):
    """A stream whose text is sent when another output follows, when the cell ends, and now and then.

    Its name is that of a kernel's streams, which error messages state. Text written past Python, to the file
    descriptor, is taken from a file: a pipe could block who writes, and needs a thread.
    """

    encoding = "UTF-8"  # type: ignore[assignment]

    def __init__(self, name: str, descriptor: int, session: Session) -> None:
        self.name, self.session, self._descriptor, self._process = name, session, descriptor, os.getpid()
        self._parent: ContextVar[dict[str, Any]] = ContextVar(f"parent of {name}")
        self._last_parent: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._pieces: list[tuple[dict[str, Any], list[str]]] = []
        self._sent = time.monotonic()
        self._written = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115  (it lives as long as the process)
        self._read = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        os.dup2(self._written.fileno(), descriptor)

    def set_parent(self, parent: dict[str, Any]) -> None:
        """The request of the cell that runs now: what its tasks write later is still its own."""
        self._last_parent = extract_header(parent)
        self._parent.set(self._last_parent)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._process:  # a process forked by the notebook: the line is not its own
            os.write(self._descriptor, text.encode("utf-8", "replace"))
            return len(text)
        with self._lock:
            self._take_written(final=False)
            self._add(text)
        if time.monotonic() - self._sent > _SECONDS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if os.getpid() != self._process:
            return
        with self._lock:
            self._take_written(final=True)
            pieces, self._pieces, self._sent = self._pieces, [], time.monotonic()
            for parent, texts in pieces:
                self.session.send(None, "stream", {"name": self.name, "text": "".join(texts)}, parent)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def _add(self, text: str) -> None:
        parent = self._parent.get(self._last_parent)
        if not text:
            return
        if not self._pieces or self._pieces[-1][0] is not parent:
            self._pieces.append((parent, []))
        self._pieces[-1][1].append(text)

    def _take_written(self, final: bool) -> None:
        """Add what was written to the file descriptor since the last time."""
        size = os.fstat(self._written.fileno()).st_size
        if size == self._read:
            return
        if size < self._read:  # somebody opened /dev/stdout anew, which empties the file
            self._read = 0
        self._written.seek(self._read)
        data = self._written.read()
        self._read += len(data)
        self._add(self._decoder.decode(data, final))
