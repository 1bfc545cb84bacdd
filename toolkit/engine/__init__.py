"""The Docker engine: the only part that talks to one. Imported by the commands alone; the SDK only where it is used."""
