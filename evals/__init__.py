"""A suite of expected citations becomes a report. Read run.py first."""
