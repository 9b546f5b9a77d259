"""The scanning screen: one code, whatever it needs now."""
