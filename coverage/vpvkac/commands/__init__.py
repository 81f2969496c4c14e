"""Commands of the program, one module each, found by name and imported when called."""
