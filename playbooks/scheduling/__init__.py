"""The scheduler: a serial scheme with search, and plans that are repaired rather than made anew. Pure."""
