"""A real identity provider, and a forging one, for the tests of signing in."""
