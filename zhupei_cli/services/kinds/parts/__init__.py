"""What importable kinds are made of: the object, its parts, and the rows an import wrote."""
