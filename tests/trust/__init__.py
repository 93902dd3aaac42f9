"""What must hold when things go wrong: faults made on purpose, in a real server and real databases."""
