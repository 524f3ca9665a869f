"""Node types whose work is done elsewhere, and how it is submitted there."""
