"""Verbs that reach every room: the nightly round and the doctor."""
