"""One desk while it is open: its session, what it asks beside the screen, what changed, what a person did."""
