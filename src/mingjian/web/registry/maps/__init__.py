"""What a map shows of the register: clustered by the database, whatever the number of rows."""
