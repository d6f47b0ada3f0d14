"""Places: what they are, who bears which duty at which part, which rooms they have, what each pack obliges."""
