"""What stands of actions: what they wait for, jeopardy, offers, answers, reversals, hand-overs, and open work as a
scheduler sees it."""
