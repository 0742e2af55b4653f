select case_id, pos, units, minor, first_item as item
from aftersales.case_lines
where case_id = any(cast(:ids as bigint[]))
order by case_id, pos
