"""Siting: where to put more points, or how few reach a target (`vpvkac site`)."""
