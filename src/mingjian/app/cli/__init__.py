"""The command line: one file a subject, thin over the same actions that the screens call."""

from mingjian.app.cli.root import app, main

__all__ = ["app", "main"]
