"""Providers of models: who runs a model, how to ask them, and what their refusals mean."""
