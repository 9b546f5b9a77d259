"""Tests of the goods themselves: codes, labels, attributes, places, availability."""
