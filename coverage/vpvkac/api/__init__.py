"""The Python interface: a question each, with its answer in one language.

`vpvkac` itself imports each when it is first used, so that none waits for the libraries of
another.
"""
