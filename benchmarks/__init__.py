"""Measurements, each run by one command; none of them passes or fails a build."""
