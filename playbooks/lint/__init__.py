"""What is wrong with what playbooks say: checks on four levels, each fault with its place and its mend."""
