"""Detection as it runs: the drain of the work list, all lines measured at once, previews, and what could not be
judged."""
