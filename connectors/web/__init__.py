"""Addresses as sources: one fenced request, what is polled, and the loop that does it."""
