"""The invisible mark of each recipient's copy, and how a leaked copy is traced to him."""
