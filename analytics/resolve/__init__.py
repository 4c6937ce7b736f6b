"""Which mentions are of one person or thing: proposed with their evidence, never merged."""
