"""Set up what is missing, then run the tests.

Further arguments go to pytest: `python3 scripts/test.py -k stops`; with `-n 0` the
tests run in one process, as `--pdb` needs.
"""

import sys

import environment

WORKERS = ("-n", "2")

if __name__ == "__main__":
    arguments = [*WORKERS, *sys.argv[1:]]
    sys.exit(environment.run(environment.DEVELOPMENT, "pytest", arguments))
