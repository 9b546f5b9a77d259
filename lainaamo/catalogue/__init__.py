"""Finding: the pages a resident or buyer looks at first."""
