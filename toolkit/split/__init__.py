"""Breaking up one application: candidate services, their measures, and what speaks against them."""
