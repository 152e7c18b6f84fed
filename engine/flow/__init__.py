"""Supply to demand, pure: pegging, what a slip does down the pegs, overlays of other supply, sharing what is scarce."""
