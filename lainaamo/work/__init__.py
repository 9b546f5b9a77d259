"""What the people of the house did: one's own day; of the others only sums."""
