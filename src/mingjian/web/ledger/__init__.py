"""Web's log: leaves of who looked, what was retrieved, changed and restored; its checkpoints; the state of both logs."""
