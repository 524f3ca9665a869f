"""Models of providers and servers: real servers that we did not write, and a live Patchbay."""
