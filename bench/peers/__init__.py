"""The same page in four frameworks, for `bench/peers_side_by_side.py`: four charts and a table of displaced people."""
