"""Filings of systems with the district's public security organ. A filing (备案) is never an approval."""
