"""Render: what is shown, as bytes in one format, moved whole into its folder."""
