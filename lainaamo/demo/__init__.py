"""A municipality to try the product with."""
