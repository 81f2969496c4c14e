"""Which units have a contact point within reach of a stop, and what the gaps are."""

from __future__ import annotations

from vpvkac.analysis.compute import find_gaps, measure_network
from vpvkac.analysis.network import Findings, Network
from vpvkac.inputs.tables import read_inputs
from vpvkac.model.accounts import Progress, silent
from vpvkac.questions.coverage.question import Question


def answer(question: Question, progress: Progress = silent) -> Findings:
    """Read the inputs of a project, measure its network and find its gaps.

    Raises InputError with all faults of all files, if any of them is an error.
    """
    return find_gaps(network_of(question, progress), progress)


def network_of(question: Question, progress: Progress = silent) -> Network:
    """Read and measure alone, for questions that ask nothing of gaps; errors as of `answer`."""
    return measure_network(question.project, read_inputs(question.project, progress), progress)
