"""How a response is made: playbooks as data, their loader and lint, conditions, owners, calendars and the planner."""
