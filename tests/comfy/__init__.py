"""Tests of ComfyControl's API over Django's test client, the engine and real servers."""
