"""What comes in, written: signals, the plan by difference, pegs, hazards, refusals, and the work list that each
leaves for detection."""
