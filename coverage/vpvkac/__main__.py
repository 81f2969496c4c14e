"""`python -m vpvkac`: the program without its installed command."""

from vpvkac.cli.main import main

main()
