"""Doors into the house: pages for people, an API for systems, the command line. Holds no rule."""
