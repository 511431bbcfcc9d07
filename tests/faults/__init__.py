"""Tests that kill processes. `make faults` runs them."""
