"""Finance: statements, what they are made of, what is still to come, and how it is paid."""
