"""How handlers and routes are declared, run, stopped and answered; the same for every tab."""
