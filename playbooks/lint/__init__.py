"""Reading playbook files, and what is wrong with them, on four levels, each finding with its place and its mend."""
