"""What a message names: numbers, dates, products, places; found by pattern and dictionary, with exact spans."""
