"""Which units have a contact point within reach of a stop (`vpvkac run`)."""
