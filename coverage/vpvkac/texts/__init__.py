"""Texts: messages in two languages, numbers and dates as people write them."""
