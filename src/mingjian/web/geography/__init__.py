"""Coordinates as they are given: datums and GeoJSON. Distances and fields of view are in web.ground. Knows no Django."""
