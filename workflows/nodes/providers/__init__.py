"""Node types whose work is done elsewhere, and how it is handed in there."""
