select l.order_id, l.pos, l.sku_id, l.listing_id, l.product_id, l.title, l.quantity, l.cancelled,
    l.shipped, l.delivered, l.returned, l.first_unit, l.taken, l.terms_id, o.currency,
    l.unit_price_minor, l.list_minor,
    l.seller_discount_minor, l.platform_discount_minor, l.shipping_minor, l.tax_minor,
    l.payment_minor, l.refunded_minor, l.parts, l.inputs
from orders.lines l join orders.orders o on o.id = l.order_id
where l.order_id = any(cast(:orders as bigint[]))
order by l.order_id, l.pos
