"""What fields there are, and cells of record systems as values: dates, places, and the one fault that reading can
have."""
