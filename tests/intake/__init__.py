"""Tests of how lists of goods come in."""
