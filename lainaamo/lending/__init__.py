"""Reservations, loans and their terms."""
