"""The tests' reader, started in place of the product's: reads only what tests write."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from house import TASKS

from intake.reader.nursery import serve

serve(TASKS, int(sys.argv[1]))
