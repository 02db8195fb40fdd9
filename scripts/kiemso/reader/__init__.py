"""Readers of raw files, one a format: `read(path, name, limits)` gives what stands in it, or refuses it."""
