"""The words that cross rooms: signals, plan lines, kinds, states, tolerances, settings, the planner's contract,
filters, codes of standards."""
