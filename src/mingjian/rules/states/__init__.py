"""State tables, one file each: Plan, Project, Filing, Removal."""
