"""Taking goods in: a photo and two taps, who gave, and what a thing still lacks."""
