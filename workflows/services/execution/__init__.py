"""Verbs on runs: starting, waiting, cancelling, results, public runs and single models."""
