"""What bounds a caller: rates, open streams, revoked access, repeated requests."""
