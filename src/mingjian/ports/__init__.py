"""Floor 2: the values and Protocols in which floor 3 speaks."""
