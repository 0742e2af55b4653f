"""Migrations: how the database came to its shape, one dated step after another.

A migration imports nothing of the application: it runs the SQL file that is named after it. It is
never edited once released; what changes the shape is a new step.
"""
