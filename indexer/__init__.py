"""A document becomes an index. Read build.py first."""
