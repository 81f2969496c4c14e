"""Colours of what is drawn outside the maps' own scripts: the plans and the QGIS styles.

They are those of `maps/marks.js`, which a browser reads and Python cannot
import; a test holds the two together.
"""

INK = "#123a63"
ALERT = "#b8430b"
PAPER = "#ffffff"
FILLS = {"existing": "#7ba6cb", "announced": "#dce8f1", "planned": "#dce8f1", "none": "#fdf1e6"}
# Colour, and angle in degrees against the clock.
HATCHES = {"announced": ("#4d7fae", 45), "none": ("#c9642f", 135)}
