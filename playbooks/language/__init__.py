"""What a playbook may say: its models, words, conditions and schema, and a playbook once it is loaded."""
