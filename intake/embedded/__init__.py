"""PostgreSQL and Redis brought up on this machine, and a desk furnished for trying things out."""
