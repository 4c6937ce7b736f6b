"""What next: incidents expected by cell in the next days, backtested against counting."""
