"""The recorder: access units in, fragments and segments out. Nothing is re-encoded and no media byte is copied here."""
