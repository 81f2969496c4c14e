"""Model: what everything speaks of, from the project and its rules to faults and accounts."""
