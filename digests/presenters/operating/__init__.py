"""What administrators read about everybody's mail."""
