"""Decisions that offices send back: merged into the project's own, nothing overwritten silently."""
