"""Weights that tests run local models with."""
