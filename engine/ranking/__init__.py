"""Where a deviation stands: decide-by, likelihood, exposure, the order of the queue and what keeps something out of
it."""
