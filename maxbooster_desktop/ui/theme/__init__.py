"""Colours, fonts and icons from resources/."""
