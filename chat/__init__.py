"""A question becomes an answer. Read answer.py first."""
