"""What programs use: the same queries and actions as the screens, with no rule of its own."""
