"""The commands of `mappa-intake`, one module for each kind of work."""
