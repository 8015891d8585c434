"""What differs between database engines: one room an engine, each with all that `Backend` names."""
