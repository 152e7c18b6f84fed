"""`offplan map`: from a file that nobody described to a mapping that a person confirms."""
