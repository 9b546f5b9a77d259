"""Who: residents, workers, buyers, staff and units; sessions and rights."""
