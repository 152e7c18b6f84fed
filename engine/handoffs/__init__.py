"""Owners' actions as messages: whom each channel tells, what it is told, what became of it, and what owners reply."""
