"""Measurements, each run by one command; none of them passes or fails a build."""

import sys
from pathlib import Path

# What the tests start for themselves (a mail server, a scanner, small forms) is started here as well.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
