"""Opening hours: what a week holds, whom it suits, and whether a bus comes in time."""
