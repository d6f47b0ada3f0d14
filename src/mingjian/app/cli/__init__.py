"""The command line: one file a subject, thin over the same actions that the screens call."""

from mingjian.app.cli.root import main

__all__ = ["main"]
