"""What an answer says, as a value of its kind."""
