"""What is wrong with a playbook file, on four levels, each finding with its place and its mend."""
