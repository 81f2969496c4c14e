"""Reach: can residents get to a contact point, be served, and be home again by bus and on foot?"""
