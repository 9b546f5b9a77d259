"""What a page costs, as a ratio against a bare floor measured in the same run."""
