"""What each form prints, in every edition: data, and how it is made ready for matching."""
