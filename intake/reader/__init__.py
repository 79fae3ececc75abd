"""Reading a file where it can harm nobody: the gate of the virus scanner, the cage, the reading room."""
