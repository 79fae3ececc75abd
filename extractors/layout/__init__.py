"""Ink on pages becomes blocks: rulings to tables, words to lines and columns, pages to one document."""
