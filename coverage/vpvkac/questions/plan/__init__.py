"""In what order to open the remaining points, by year (`vpvkac plan`)."""
