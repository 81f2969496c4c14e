"""The Python interface: a question each, with its answer in one language."""
