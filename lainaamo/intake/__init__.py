"""How goods come in: lists today, offers and arrivals later."""
