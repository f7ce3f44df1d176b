"""What a page or the API asks for, for an explicit context; cached; no widget, no drawing."""
