"""Reference pages, each written from what the code says."""
