"""Documents as PDF: what is handed to people on paper. `render(document)` gives the bytes; schemas say what goes in."""
