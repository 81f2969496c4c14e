"""Set up what is missing, then run the main job on the embedded sample, into `out/`.

Further arguments go to `vpvkac run`: `python3 scripts/demo.py --lang en`.
"""

import sys

import environment

if __name__ == "__main__":
    arguments = ["run", "--out", "out/", *sys.argv[1:]]
    sys.exit(environment.run(environment.RUNTIME, "vpvkac", arguments))
