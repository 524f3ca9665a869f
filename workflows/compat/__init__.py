"""Other products' dialects of HTTP, each in a package of its own above the services."""
