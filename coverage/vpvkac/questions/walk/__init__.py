"""Walking: how far each point is from its nearest stop along streets (`vpvkac walk`)."""
