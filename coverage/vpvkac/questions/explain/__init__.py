"""The explanation of one unit's contact point: candidates, rule, stops, decision, what if."""
