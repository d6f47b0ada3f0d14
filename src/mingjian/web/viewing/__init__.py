"""Looking: tickets, their revocation, the register of looks, saved wall layouts."""
