"""Weights of local models: what lies in DATA_DIR/models, and how it gets there."""
