"""The engine's own log: leaves of what it records, keeps, loses and deletes, stored beside its data and signed."""
