"""Which units have a contact point within reach of a stop; the gaps are `analysis.compute`'s."""

from __future__ import annotations

from vpvkac.analysis.compute import measure_network
from vpvkac.analysis.network import Network
from vpvkac.inputs.tables import read_inputs
from vpvkac.model.accounts import Progress, silent
from vpvkac.questions.coverage.question import Question


def network_of(question: Question, progress: Progress = silent) -> Network:
    """Read the inputs of a project and measure its network, without its gaps.

    Raises InputError with all faults of all files, if any of them is an error.
    """
    return measure_network(question.project, read_inputs(question.project, progress), progress)
