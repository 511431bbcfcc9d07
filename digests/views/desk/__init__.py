"""The desk of a product manager: the issue to come, and those that went out."""
