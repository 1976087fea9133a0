-- One row per invoice that is not paid to the cent, and per payment of no known invoice. Paid invoices are nearly all: they
-- are left out, so that what is owed is asked of few rows.
create temp table receivable_scope on commit drop as
select source, source_id as invoice_id from changed_invoices
union
select source, invoice_id from changed_payments where invoice_id is not null;
create temp table loose_scope on commit drop as
select source, source_id from changed_payments
union
select p.source, p.source_id
from receivable_scope s join core.fct_payments p on p.source = s.source and p.invoice_id = s.invoice_id;
analyze receivable_scope;
analyze loose_scope;

delete from core.open_receivables r using receivable_scope s
where r.kind = 'invoice' and r.source = s.source and r.source_id = s.invoice_id;
delete from core.open_receivables r using loose_scope s
where r.kind = 'payment' and r.source = s.source and r.source_id = s.source_id;

insert into core.open_receivables (kind, source, source_id, invoice_id, due_at, customer_key, deal_key, rest)
select 'invoice', i.source, i.source_id, i.source_id, i.due_at, i.customer_key, i.deal_key, i.amount - coalesce(p.amount, 0)
from receivable_scope s
join core.fct_invoices i on i.source = s.source and i.source_id = s.invoice_id
left join (
  select p.source, p.invoice_id, sum(p.amount) as amount
  from core.fct_payments p join receivable_scope using (source, invoice_id)
  where not p.is_deleted group by p.source, p.invoice_id
) p on p.source = i.source and p.invoice_id = i.source_id
where not i.is_deleted and i.amount <> coalesce(p.amount, 0)
union all
select 'payment', p.source, p.source_id, p.invoice_id, null, p.customer_key, p.deal_key, -p.amount
from loose_scope s
join core.fct_payments p using (source, source_id)
left join core.fct_invoices i on i.source = p.source and i.source_id = p.invoice_id and not i.is_deleted
where not p.is_deleted and i.source_id is null and p.amount <> 0;
drop table receivable_scope, loose_scope;
