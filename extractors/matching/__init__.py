"""Page model and form definition become values."""
