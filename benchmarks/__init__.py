"""Measurements against the goals of the design. `make bench` runs them."""
