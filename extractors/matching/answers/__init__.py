"""Where the answer to each label stands, in cells, on lines, in tables of rows and of ticks."""
