"""Payment providers: `sandbox.Sandbox` for trying things out, `stripe.Stripe` for cards.

Each is a module of its own, so that an installation without Stripe never loads its library.
"""
