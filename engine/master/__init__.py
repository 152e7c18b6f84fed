"""Master records: items, sites, parties, lanes, and where they lie."""
