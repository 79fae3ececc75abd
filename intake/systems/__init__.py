"""Case systems of others: how they come in, what they give, and how they are told."""
