"""The regulation for the screens: clauses, where they bit, state tables, how far the law is bound."""
