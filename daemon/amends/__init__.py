"""Amends watches what is said about a brand and pages a human when the tone turns."""
