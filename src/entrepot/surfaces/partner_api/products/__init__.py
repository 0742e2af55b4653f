"""Products in the dialect: a product of the dialect is our product as one shop lists it."""
