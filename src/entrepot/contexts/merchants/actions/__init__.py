"""What can be done with merchants, by verb."""
