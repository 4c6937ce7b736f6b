"""Files of every format as tables of text columns. Knows no store, no mapping and no kind of record."""
