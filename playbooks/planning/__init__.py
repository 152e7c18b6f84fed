"""From a playbook and a deviation to a response: roles to owners, steps unfolded, dates on calendars."""
