"""When open actions stand: lanes, the load of their owners, and moves that are made or proposed."""
