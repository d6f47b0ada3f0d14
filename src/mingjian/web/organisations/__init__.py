"""Who there is: divisions, organisations, people with their posts, roles bound to organisations, recorded grants."""
