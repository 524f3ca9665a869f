"""Real clients of other products against a live server."""
