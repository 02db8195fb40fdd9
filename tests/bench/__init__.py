"""Benchmarks: `python -m tests.bench` measures everything in one run, side by side; see docs/performance.md."""
