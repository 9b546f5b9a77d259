"""`python -m lainaamo` is the `lainaamo` command."""

from lainaamo.cli import main

main()
