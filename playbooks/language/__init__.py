"""What a playbook file may say: its models, words, conditions and schema, and the loader that reads it."""
