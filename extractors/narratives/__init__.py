"""What the narratives say that is worth a coordinator's look."""
