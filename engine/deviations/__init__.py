"""Deviations as they change: verdicts into states, what they put at risk, folding, merging, timers, and the one
function that writes a state."""
