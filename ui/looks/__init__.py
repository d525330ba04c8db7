"""How the page looks and speaks: theme, styles, what stands in its head, the language it is in."""
