"""Buyers: what units book of the goods for reuse, and what they have taken."""
