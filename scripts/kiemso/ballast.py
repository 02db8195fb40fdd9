"""Modules that our libraries would import for nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# For checks of URLs and times, which no notebook needs: jsonschema, which nbformat imports, takes them where they are.
# The first builds a grammar at import, in 0.8 s.
URLS = ("rfc3987_syntax", "rfc3986_validator", "isoduration")


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Have these modules, which can be done without, not be found by what is imported inside."""
    known = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name, module in known.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
