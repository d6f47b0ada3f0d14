"""The engine process: plan, cameras, hub, status, its socket."""
