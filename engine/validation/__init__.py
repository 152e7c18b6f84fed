"""What makes a record usable, and what is odd and yet taken: signals and their details, plan lines, replies,
hazards, a whole plan."""
