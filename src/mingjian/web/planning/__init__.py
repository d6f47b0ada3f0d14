"""Planning (qd204 3, 6, 7): construction plans and their points, coverage gaps, duplicates, coordination."""
