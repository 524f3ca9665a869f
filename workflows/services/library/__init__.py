"""Verbs on workflows and files: documents, changes, folders, templates, imports, uploads."""
