"""Questions and their answers as the contract's JSON: lists, single objects, screens, search, pictures."""
