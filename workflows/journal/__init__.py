"""What happened in a run: its events, the only writer of them, and how they are followed."""
