"""`python -m levelfield_cli`."""

from levelfield_cli.main import main

main()
