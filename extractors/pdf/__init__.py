"""PDFs of every making become the page model."""
