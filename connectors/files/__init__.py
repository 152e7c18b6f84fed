"""Files as sources: drop folders, when a file is complete, opening it safely, and records that are held and tried
again."""
