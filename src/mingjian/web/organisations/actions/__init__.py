"""What is done with divisions, organisations, people and what is bound to them; a file a subject."""
