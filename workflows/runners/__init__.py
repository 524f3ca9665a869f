"""The client of a ComfyUI server: what it is asked over HTTP, and what it tells by itself."""
