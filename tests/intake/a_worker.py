"""A worker with the tests' reader: run by tests as a process of its own, to be stopped and killed."""

import os
import sys
from pathlib import Path

from intake.house import open_house
from intake.settings import Settings
from intake.work import worker

READER = (sys.executable, str(Path(__file__).with_name("a_reader.py")))

with open_house(Settings.from_environment(os.environ)) as house:
    worker.GRACE = float(sys.argv[2])
    worker.run_worker(house, int(sys.argv[1]), READER)
