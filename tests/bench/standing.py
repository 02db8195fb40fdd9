"""The daemon, standing before the commands that it does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_SECONDS = "3600"
_PREPARE = "from kiemso.relay import address, identity, make_folder\nmake_folder()\nprint(known := identity())"
_TELL = "print(address(known))"


@contextmanager
def daemon(environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """A daemon for commands of this environment, and what that must be so that they find it."""
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as runtime:
        environment = {**environment, "XDG_RUNTIME_DIR": runtime, "KIEMSO_DAEMON": _SECONDS}
        # Said by a process like a command's: this one may have been started otherwise.
        asked = [sys.executable, "-c", f"{_PREPARE}\n{_TELL}"]
        known, socket = subprocess.check_output(asked, env=environment, encoding="utf-8").split()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kiemso.daemon", known, _SECONDS],
            cwd="/",
            env=environment,
            start_new_session=True,
        )
        try:
            while not Path(socket).exists():
                if process.poll() is not None:
                    raise RuntimeError("the daemon did not start")
                time.sleep(0.05)
            yield process, environment
        finally:
            process.kill()
            process.wait()
