"""What people and time do: each function carries out one command inside its transaction, and undo takes it back."""
