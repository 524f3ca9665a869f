"""Models that run on this server: which there are, and what each does in a media process."""
