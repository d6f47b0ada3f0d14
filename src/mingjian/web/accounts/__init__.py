"""People who sign in: users, passwords, sessions, the first administrator."""
