"""Styles for QGIS: how each layer of the GeoPackage is drawn, and what its columns are called.

`layers` says what each layer is drawn like, in the colours of the explorer;
`symbols` and `qml` write it in QGIS's style format (QML).
"""
