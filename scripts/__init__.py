"""The project's own tools: checks, proofs and locks."""
