"""Systems: parties, declared use, conformance, interfaces, costs, notices, and what both packs make of them."""
