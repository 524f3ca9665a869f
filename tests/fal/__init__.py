"""Tests of the fal dialect over Django's test client and the engine."""
