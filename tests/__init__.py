"""All tests, mirroring the source."""
