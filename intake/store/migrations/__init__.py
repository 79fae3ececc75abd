"""The steps that bring a database from one edition to the next and back."""
