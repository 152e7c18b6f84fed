"""Working time: durations, calendars in their zones, and what people have of it already."""
