-- Touches of deals and of customers without a deal: none, one, some and many, at the same moment, after the win, without
-- a campaign, deleted.
insert into core.fct_touchpoints (source, source_id, at, deal_id, deal_key, customer_id, customer_key, campaign_key, is_deleted)
select d.source, 't' || d.source_id || '/' || i, d.created_at + make_interval(hours => i * 31 + (d.deal_key % 5)::int * 40 - 60),
  d.source_id, d.deal_key, d.customer_id, d.customer_key, (array[1, 2, 3, null])[1 + (d.deal_key + i * 3) % 4], (d.deal_key + i) % 11 = 0
from core.fct_deals d, generate_series(1, (d.deal_key % 6)::int) i
where d.created_at is not null and d.deal_key < 1000;
insert into core.fct_touchpoints (source, source_id, at, customer_id, customer_key, campaign_key, is_deleted)
select 'ads', 'v' || k, timestamptz '2024-12-01 03:00Z' + (k / 2) * interval '61 hours', 'c' || 1 + k % 23, 1 + k % 23,
  (array[3, 1, null, 2])[1 + k % 4], k % 13 = 0
from generate_series(1, 60) k;
-- A deal that never came, and one of the very moment of a win.
insert into core.fct_touchpoints (source, source_id, at, deal_id, campaign_key) values ('crm', 'lost', '2025-01-05Z', 'nowhere', 1);
insert into core.fct_touchpoints (source, source_id, at, deal_id, deal_key, campaign_key)
select source, 'win', closed_at, source_id, deal_key, 2 from core.fct_deals where deal_key = 1;
