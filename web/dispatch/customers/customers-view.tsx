import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Customer } from '../../../functions/customers/customer.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Empty } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { Table } from '../table.tsx';
import { useLoaded } from '../use-loaded.ts';
import { usePaged } from '../use-paged.ts';
import { customersWords } from './words.ts';

/** Who orders: to be found, looked at, and erased when they ask for it. */
export function CustomersView(): JSX.Element {
  const { api, locale } = useDispatch();
  const words = customersWords(locale);
  const [typed, setTyped] = useState('');
  const [sought, setSought] = useState('');
  const [erasing, setErasing] = useState<Customer | null>(null);
  const [shown, setShown] = useState<Customer | null>(null);
  const by = sought === '' ? {} : sought.includes('@') ? { email: sought } : { phone: sought };
  const { pages, more } = usePaged<Customer>(
    async (cursor, signal) =>
      (await api.v1.customers.$get({ query: { ...by, ...cursor } }, { init: { signal } })).json(),
    [sought],
  );
  return (
    <>
      <h1>{words.title}</h1>
      <form
        class="find"
        onSubmit={(event) => {
          event.preventDefault();
          setSought(typed.trim());
        }}
      >
        <Field
          id="customer-find"
          label={words.find}
          hint={words.findHint}
          type="search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">{words.search}</Button>
        {sought !== '' && (
          <Button
            look="quiet"
            onClick={() => {
              setTyped('');
              setSought('');
            }}
          >
            {words.all}
          </Button>
        )}
      </form>
      <LoadedView loaded={pages}>
        {({ all, hasMore }) =>
          all.length === 0 ? (
            sought === '' ? (
              <Empty title={words.none}>
                <p>{words.noneText}</p>
              </Empty>
            ) : (
              <p class="nothing">{words.noMatch}</p>
            )
          ) : (
            <>
              <Customers customers={all} onErase={setErasing} onShow={setShown} />
              {hasMore && <Button onClick={more}>{words.more}</Button>}
            </>
          )
        }
      </LoadedView>
      {erasing !== null && (
        <ConfirmDialog
          title={words.eraseTitle(erasing.name)}
          text={words.eraseText}
          action={words.eraseAction}
          onClose={() => setErasing(null)}
          act={async () => {
            await api.v1.customers[':id'].$delete({ param: { id: erasing.id } });
            say(words.done);
            setErasing(null);
            pages.reload();
          }}
        />
      )}
      {shown !== null && <OrdersDialog customer={shown} onClose={() => setShown(null)} />}
    </>
  );
}

type CustomersProps = {
  customers: readonly Customer[];
  onErase: (customer: Customer) => void;
  onShow: (customer: Customer) => void;
};

function Customers({ customers, onErase, onShow }: CustomersProps): JSX.Element {
  const { locale } = useDispatch();
  const words = customersWords(locale);
  return (
    <Table label={words.table} columns={[words.name, words.phone, words.email, words.address, words.actions]}>
      {customers.map((customer) => {
        const { id, name, phone, email, address, erasedAt } = customer;
        const shown = erasedAt === null ? name : words.erased;
        return (
          <tr key={id}>
            <th scope="row" class={erasedAt === null ? undefined : 'tone-neutral'}>
              {shown}
            </th>
            <td>{phone}</td>
            <td>{email}</td>
            <td>{address}</td>
            <td>
              <span class="actions">
                <Button aria-label={`${words.orders}: ${shown}`} onClick={() => onShow(customer)}>
                  {words.orders}
                </Button>
                {erasedAt === null && (
                  <Button
                    look="danger"
                    aria-label={`${words.erase}: ${name}`}
                    onClick={() => onErase(customer)}
                  >
                    {words.erase}
                  </Button>
                )}
              </span>
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

function OrdersDialog({ customer, onClose }: { customer: Customer; onClose: () => void }): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff, words: common, times, now } = dispatch;
  const words = customersWords(locale);
  const orders = useLoaded(
    async (signal) =>
      (await (await api.v1.orders.$get({ query: { customerId: customer.id } }, { init: { signal } })).json())
        .data,
    [customer.id],
  );
  return (
    <Dialog title={words.orders} closeLabel={staff.close} onClose={onClose}>
      <LoadedView loaded={orders}>
        {(all) =>
          all.length === 0 ? (
            <p class="nothing">{words.noOrders}</p>
          ) : (
            <ul class="list">
              {all.map(({ id, number, status, createdAt }) => (
                <li key={id}>
                  <button type="button" class="list-row" onClick={() => dispatch.open(id)}>
                    <span class="row-head">
                      <b class="numbers">{common.order.name(number)}</b>
                      {staff.statuses[status]}
                      <time class="numbers">
                        {[times.value.day(createdAt, now.value), times.value.clock(createdAt)]
                          .filter(Boolean)
                          .join(' ')}
                      </time>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </LoadedView>
    </Dialog>
  );
}
