"""Opening hours: from an `opening_hours` string to the open minutes of a week."""
