"""What each part of intake adds to the company of `tests/world.py`."""
