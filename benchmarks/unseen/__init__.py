"""Forms that nobody has seen: drawn at random in layouts, wordings and marks unlike those of any edition, and read."""
