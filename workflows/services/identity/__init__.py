"""Verbs on accounts: passwords, sessions, API keys, credentials and who may use them."""
