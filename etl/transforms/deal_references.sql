-- Facts that arrived before the deal they name.
update core.fct_deal_stage_events f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_touchpoints f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_calls f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_activities f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_complaints f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_invoices f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
update core.fct_payments f set deal_key = d.deal_key from changed_deals d
where d.sign > 0 and f.deal_key is null and f.deal_id is not null and d.source = f.source and d.source_id = f.deal_id;
