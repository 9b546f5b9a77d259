"""Coming in and going out: sign-in, codes, PINs, one's own pages and sessions."""
