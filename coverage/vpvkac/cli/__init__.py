"""The commands of the program, imported when called."""
