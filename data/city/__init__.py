"""City packs: a folder or zip that holds a city's own data, with one manifest, `city.toml`. See docs/cities.md."""
