"""The site's own pages: their texts, the accessibility statement, the notice on every page."""
