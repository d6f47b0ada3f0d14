"""What the machine is doing: engine, streams, volumes, time."""
