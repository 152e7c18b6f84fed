"""`offplan.toml`: its models, the sentence for each fault, and writing to it."""
