"""What a decision compares: options on an overlay of the plan, what each costs and does, and how they weigh."""
