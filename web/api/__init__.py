"""What case systems of others speak with: REST under /api/v1, one module for each kind of thing."""
