"""ComfyControl's API: clients that run ComfyUI graphs on registered runners, by tags."""
