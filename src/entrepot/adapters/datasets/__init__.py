"""Data sets of real orders, read into one shape that a replay can live through.

Readers only read: nothing here writes to the platform. A folder that is broken anywhere is
refused whole, with every problem listed by file, line and field.
"""
