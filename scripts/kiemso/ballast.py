"""Modules that our libraries would import for nothing."""

from __future__ import annotations

import importlib.util
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


def postpone(name: str) -> None:
    """Have a module, which whoever imports it rarely uses, be imported when it is used."""
    if name in sys.modules or not (spec := importlib.util.find_spec(name)) or not spec.loader:
        return
    spec.loader = loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
