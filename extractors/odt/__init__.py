"""OpenDocument texts become the page model."""
