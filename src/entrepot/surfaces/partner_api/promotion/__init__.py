"""Promotion: a shop's activities and coupons."""
