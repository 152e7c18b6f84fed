"""The desk judged by its own history, its check of itself, reviews and layers."""
