"""The one key table, and what derives from it: bindings, the user's own map, what a key asks for."""
