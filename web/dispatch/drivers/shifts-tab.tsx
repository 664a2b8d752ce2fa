import type { JSX } from 'preact';
import type { Shift } from '../../../functions/drivers/shift.ts';
import { formatMoney } from '../../i18n/amounts.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { usePaged } from '../use-paged.ts';
import { driversWords } from './words.ts';

/** From going on duty to going home, and whether the cash was right. */
export function ShiftsTab(): JSX.Element {
  const { api, locale } = useDispatch();
  const words = driversWords(locale);
  const { pages: shifts, more } = usePaged<Shift>(
    async (cursor, signal) => (await api.v1.shifts.$get({ query: cursor }, { init: { signal } })).json(),
    [],
  );
  return (
    <LoadedView loaded={shifts}>
      {({ all, hasMore }) =>
        all.length === 0 ? (
          <Empty title={words.noShifts}>
            <p>{words.noShiftsText}</p>
          </Empty>
        ) : (
          <>
            <ShiftsTable shifts={all} />
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )
      }
    </LoadedView>
  );
}

function ShiftsTable({ shifts }: { shifts: readonly Shift[] }): JSX.Element {
  const { locale, drivers, times, now, merchant } = useDispatch();
  const words = driversWords(locale);
  const currency = merchant.value?.currency ?? 'USD';
  const money = (minor: number | null): string =>
    minor === null ? '–' : formatMoney(minor, currency, locale);
  const when = (instant: string): string =>
    [times.value.day(instant, now.value), times.value.clock(instant)].filter(Boolean).join(' ');
  return (
    // It scrolls sideways on a phone: keys must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-scroll" tabIndex={0} aria-label={words.tabs.shifts}>
      <table>
        <thead>
          <tr>
            {(['driver', 'from', 'to', 'expected', 'counted', 'difference', 'note'] as const).map(
              (column) => (
                <th key={column} scope="col">
                  {words.shifts[column]}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {shifts.map(
            ({ id, driverId, startedAt, endedAt, cashExpected, cashCounted, cashDifference, note }) => (
              <tr key={id}>
                <th scope="row">{drivers.value.get(driverId)?.name ?? words.shifts.gone}</th>
                <td class="numbers">{when(startedAt)}</td>
                <td class="numbers">{endedAt === null ? words.shifts.open : when(endedAt)}</td>
                <td class="numbers amount">{money(cashExpected)}</td>
                <td class="numbers amount">{money(cashCounted)}</td>
                <td
                  class={`numbers amount${cashDifference !== null && cashDifference < 0 ? ' tone-late' : ''}`}
                >
                  {money(cashDifference)}
                </td>
                <td>{note}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
