"""Who acts, and what he may: actors and policy objects. Every endpoint and every action passes a policy."""
