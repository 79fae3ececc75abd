"""The tests' reader, started in place of the product's: reads only what tests write."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from house import read_test_form

from intake.nursery import serve

serve(read_test_form, int(sys.argv[1]))
