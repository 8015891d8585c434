"""What differs between database engines: one module an engine, each with all that `Backend` names."""
