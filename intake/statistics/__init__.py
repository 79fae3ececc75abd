"""Counts for the strategic management board and the annual report."""
