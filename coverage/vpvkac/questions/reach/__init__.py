"""Reach: whether residents get to a contact point, are served, and are home again."""
