"""Return and refund: cases and cancellations as the dialect knows them.

A case is one aftersales request with one return request, whose goods come back in one parcel (its
merchandise authorisation): all three have the case's id. An item of a case is one unit.
"""
