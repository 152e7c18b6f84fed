"""Values that know nothing of a desk: time, text, money, units, places on earth, formulas, ids, and the errors
people read."""
