"""`offplan demo`: the sample world opened, a feed that goes on, and a colleague at a second desk."""
