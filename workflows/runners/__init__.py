"""Registered ComfyUI servers: their client, connections, choice, health and cancels."""
