"""The document as it is meant: without what is printed only for want of cells, rulings and clean copies."""
