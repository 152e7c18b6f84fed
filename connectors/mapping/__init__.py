"""Records of any system to signals, plan lines and master records: a mapping compiled once, then applied to whole
columns."""
