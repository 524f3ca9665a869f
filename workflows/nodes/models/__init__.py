"""Providers of models: who runs a model, how to call them, and what their refusals mean."""
