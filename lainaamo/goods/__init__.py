"""What: categories, kinds, things, places, their days and their pool."""
