"""Weights of local models: what is in DATA_DIR/models, and how it gets there."""
