"""Pages for a browser: one HTML file each, with nothing from elsewhere and no script, safe whatever text stands in it."""
