"""Tests of the staff's screens: the desk, its scans, a label's address."""
