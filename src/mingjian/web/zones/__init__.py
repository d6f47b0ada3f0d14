"""Zones around military and other classified units (qd204 7.3; sc799 10). Where they lie may itself be secret."""
