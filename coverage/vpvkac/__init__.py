"""Coverage planner for Latvia's one-stop public service centres (VPVKAC)."""
