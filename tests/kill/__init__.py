"""Commands killed in the middle: `python -m tests.kill --times 200` says what they left, and what the next run made."""
