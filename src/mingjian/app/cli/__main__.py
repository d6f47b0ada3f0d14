"""`python -m mingjian.app.cli`."""

from mingjian.app.cli import main

main()
