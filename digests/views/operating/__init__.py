"""Operating pages: all mail of all weeks, for administrators."""
