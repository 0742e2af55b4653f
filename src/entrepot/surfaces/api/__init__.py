"""The native JSON API under /api/v1, one file per noun; the start page and the signals beside it.

A route parses, calls one door or flow, and shows. Quotes and checkouts wait together and become
batches; everything else runs on as many threads as there are connections. `application` makes it:
who imports a part of it does not load all of it.
"""
