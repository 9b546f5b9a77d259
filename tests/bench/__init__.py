"""The bench: what is measured is a real house."""
