"""The daily proof: what every camera really keeps of the time that must be there. It knows no law: days come as figures."""
