"""Set up what is missing, then run the tests.

Further arguments go to pytest: `python3 scripts/test.py -k stops`; with `-n 0` the
tests run in one process, as `--pdb` needs.
"""

import os
import sys

import environment

# Whole files to one worker as far as it goes: what a file's tests share is made once.
WORKERS = ("-n", "2", "--dist", "worksteal")

if __name__ == "__main__":
    # Hundreds of tests start the program, which each time would compile all of its modules.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = [*WORKERS, *sys.argv[1:]]
    sys.exit(environment.run(environment.DEVELOPMENT, "pytest", arguments))
