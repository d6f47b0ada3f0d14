"""The append-only record of who did what, when, from where and under which right."""
