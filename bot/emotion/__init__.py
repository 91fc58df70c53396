"""How the customer feels: calm, displeased or angry, with a score."""
