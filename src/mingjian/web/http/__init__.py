"""What every slice's HTTP shares: errors as problem+json, languages, cursors, ETags, idempotency, the guard."""
