"""The nodes of fal workflows, and what runs here of fal's own utility endpoints."""
