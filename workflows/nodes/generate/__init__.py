"""Nodes whose work a model does."""
