"""Processes that open media files and work on them, so that a hostile file hurts none but its step.

`pool.py` is the server's side, `main.py` the process; `messages.py` is what they say to each other
and `pixels.py` the decoded images that go from one to the other without being copied.
"""
