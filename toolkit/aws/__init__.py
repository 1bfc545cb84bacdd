"""The edge to AWS: clients, and one module for each thing that is driven there."""
