"""Set up what is missing, then run the benchmarks; their results go to benchmarks/results.json.

Further arguments say which and how: `python3 scripts/benchmark.py nearest --runs 3`;
with `--quick` at small sizes, with nothing kept; with `--against REV` this tree beside
another commit, to see what a change costs.
"""

import sys

import environment

if __name__ == "__main__":
    arguments = ["benchmarks/run.py", *sys.argv[1:]]
    sys.exit(environment.run(environment.BENCHMARK, "python", arguments))
