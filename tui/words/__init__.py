"""The command line: its table and grammar, the reference made of it, and how answers are printed."""
