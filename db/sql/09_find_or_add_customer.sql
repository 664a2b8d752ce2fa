-- The customer behind an order's contact {id, name, phone?, email?, address?, location?}: known again by the phone, or,
-- without one, by the email; two orders at once make one customer. Returns the id, or null without a contact.
create or replace function find_or_add_customer(p_merchant uuid, p_customer jsonb) returns uuid
language plpgsql security invoker as $$
declare
  c customers;
  found_id uuid;
begin
  if p_customer is null or jsonb_typeof(p_customer) = 'null' then
    return null;
  end if;
  c := jsonb_populate_record(null::customers, p_customer);
  c.merchant_id := p_merchant;
  c.created_at := now();
  c.updated_at := c.created_at;
  c.opted_out := '{}';
  select id into found_id from customers
    where merchant_id = p_merchant and phone = c.phone
      or merchant_id = p_merchant and c.phone is null and phone is null and email = c.email;
  if found_id is not null then
    return found_id;
  end if;
  if c.phone is not null then
    insert into customers values (c.*)
      on conflict (merchant_id, phone) where phone is not null do update set phone = excluded.phone
      returning id into found_id;
  elsif c.email is not null then
    insert into customers values (c.*)
      on conflict (merchant_id, email) where phone is null and email is not null do update set email = excluded.email
      returning id into found_id;
  else
    insert into customers values (c.*) returning id into found_id;
  end if;
  return found_id;
end $$;
