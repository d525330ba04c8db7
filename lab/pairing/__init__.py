"""How many votes each way of choosing pairs takes, with simulated people: docs/pairing.md."""
