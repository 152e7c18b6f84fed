"""How hand-offs leave: a channel of each kind, what their text may carry, and the loop that delivers."""
