"""Maps: from tables of a result to self-contained web pages.

`page` renders a folium map to one deterministic HTML file that needs no
network; `layers` and `cards` turn tables into GeoJSON with words; `explorer`
puts them together.
"""
