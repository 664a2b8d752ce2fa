import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Analytics } from '../../../functions/analytics/get.ts';
import { formatDistance, formatMoney } from '../../i18n/amounts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { sayAge } from '../say-age.ts';
import { Table } from '../table.tsx';
import { useAction } from '../use-action.ts';
import { useLoaded } from '../use-loaded.ts';
import { localTime } from '../write/draft.ts';
import { Chart } from './chart.tsx';
import { analyticsWords } from './words.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;

/** The figures of a period: charts, tables of the same, and files. */
export function AnalyticsView(): JSX.Element {
  const { api, locale, now, merchant } = useDispatch();
  const words = analyticsWords(locale);
  const zone = merchant.value?.timezone ?? 'UTC';
  const day = (moment: number): string => localTime(new Date(moment).toISOString(), zone).slice(0, 10);
  const [typed, setTyped] = useState<{ from?: string; to?: string }>({});
  const from = typed.from ?? day(now.value - (DAYS - 1) * DAY_MS);
  const to = typed.to ?? day(now.value);
  const figures = useLoaded(
    async (signal) => (await api.v1.analytics.$get({ query: { from, to } }, { init: { signal } })).json(),
    [from, to],
  );
  const onDay = (key: 'from' | 'to') => (event: { currentTarget: { value: string } }) => {
    // A field that is being emptied is no period.
    if (event.currentTarget.value !== '') setTyped({ ...typed, [key]: event.currentTarget.value });
  };
  return (
    <>
      <h1>{words.title}</h1>
      <div class="find">
        <Field
          id="figures-from"
          label={words.from}
          type="date"
          value={from}
          max={to}
          onChange={onDay('from')}
        />
        <Field id="figures-to" label={words.to} type="date" value={to} min={from} onChange={onDay('to')} />
        <Downloads from={from} to={to} />
      </div>
      <LoadedView loaded={figures}>
        {(value) =>
          value.orders.total === 0 ? <p class="nothing">{words.none}</p> : <Figures figures={value} />
        }
      </LoadedView>
    </>
  );
}

function Downloads({ from, to }: { from: string; to: string }): JSX.Element {
  const dispatch = useDispatch();
  const words = analyticsWords(dispatch.locale);
  const { isBusy, problem, run } = useAction();
  const download = (name: 'orders' | 'cash' | 'ratings'): Promise<void> =>
    run(async () => {
      const path = name === 'orders' ? '/v1/orders/export' : `/v1/orders/export/${name}`;
      const answer = await dispatch.fetchFile(`${path}?${new URLSearchParams({ from, to, bom: '1' })}`);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${name}-${from}-${to}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  return (
    <fieldset class="downloads">
      <legend>{words.download}</legend>
      {(['orders', 'cash', 'ratings'] as const).map((name) => (
        <Button key={name} busy={isBusy} onClick={() => void download(name)}>
          {words.files[name]}
        </Button>
      ))}
      {problem !== null && <ErrorNote>{dispatch.explain(problem)}</ErrorNote>}
    </fieldset>
  );
}

function Figures({ figures }: { figures: Analytics }): JSX.Element {
  const { locale } = useDispatch();
  const words = analyticsWords(locale);
  const { byDay, byHour } = figures.orders;
  const dates = byDay.map(({ day }) => Date.parse(`${day}T00:00:00Z`));
  const dayName = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <>
      <Summary figures={figures} />
      <Chart
        title={words.byDay}
        xs={dates.map((_, index) => index)}
        nameOf={(index) => dayName.format(dates[index])}
        series={[
          { label: words.created, values: byDay.map(({ created }) => created), color: '--assigned' },
          { label: words.delivered, values: byDay.map(({ delivered }) => delivered), color: '--done' },
        ]}
        tableLabel={words.tableOf(words.byDay)}
        xLabel={words.day}
      />
      <Chart
        title={words.byHour}
        xs={byHour.map((_, hour) => hour)}
        nameOf={(hour) => `${hour}`}
        series={[{ label: words.created, values: byHour, color: '--assigned' }]}
        tableLabel={words.tableOf(words.byHour)}
        xLabel={words.hour}
      />
      <Tables figures={figures} />
    </>
  );
}

function Summary({ figures }: { figures: Analytics }): JSX.Element {
  const { locale } = useDispatch();
  const words = analyticsWords(locale);
  const { orders, onTime, failures, ratings, drivers, distance } = figures;
  const number = (value: number | null, digits = 1): string =>
    value === null ? '–' : value.toLocaleString(locale, { maximumFractionDigits: digits });
  return (
    <dl class="tiles numbers">
      <Tile label={words.total}>{number(orders.total)}</Tile>
      <Tile label={words.delivered}>{number(orders.byStatus.delivered ?? 0)}</Tile>
      <Tile label={words.onTime} note={words.onTimeOf(onTime.promised)}>
        {percent(onTime.rate, locale)}
      </Tile>
      <Tile label={words.failed}>{number(failures.attempts)}</Tile>
      <Tile label={words.rating} note={words.ratings(ratings.count)}>
        {number(ratings.average, 2)}
      </Tile>
      <Tile label={words.perHour} note={words.hours(number(drivers.hours))}>
        {number(drivers.deliveriesPerHour)}
      </Tile>
      <Tile label={words.average}>
        {distance.average === null ? '–' : formatDistance(distance.average, locale)}
      </Tile>
    </dl>
  );
}

type TileProps = { label: string; note?: string; children: ComponentChildren };

function Tile({ label, note, children }: TileProps): JSX.Element {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd>
        <b>{children}</b>
        {note !== undefined && <span class="hint">{note}</span>}
      </dd>
    </div>
  );
}

const percent = (share: number | null, locale: string): string =>
  share === null ? '–' : share.toLocaleString(locale, { style: 'percent' });

const STAGES = ['createdToAssigned', 'assignedToPickup', 'pickupToDelivered', 'createdToDelivered'] as const;

function Tables({ figures }: { figures: Analytics }): JSX.Element {
  const { locale, words: common, staff } = useDispatch();
  const words = analyticsWords(locale);
  const { times, etaError, failures, drivers, money } = figures;
  const spreads = [...STAGES.map((stage) => [stage, times[stage]] as const), ['etaError', etaError] as const];
  const age = (seconds: number | null): string => (seconds === null ? '–' : sayAge(seconds * 1000, common));
  const reasons: Record<string, string> = staff.reasons;
  return (
    <>
      <h2>{words.times}</h2>
      <Table label={words.times} columns={[words.stage, words.count, words.median, words.p90]}>
        {spreads.map(([stage, { count, median, p90 }]) => (
          <tr key={stage}>
            <th scope="row">{words.stages[stage]}</th>
            <td class="numbers">{count}</td>
            <td class="numbers">{age(median)}</td>
            <td class="numbers">{age(p90)}</td>
          </tr>
        ))}
      </Table>
      <h2>{words.drivers}</h2>
      <Table
        label={words.drivers}
        columns={[
          words.driver,
          words.delivered,
          words.onTime,
          words.hoursOnDuty,
          words.perHour,
          words.distance,
        ]}
      >
        {drivers.data.map(({ driverId, name, delivered, onTimeRate, hours, deliveriesPerHour, distance }) => (
          <tr key={driverId}>
            <th scope="row">{name}</th>
            <td class="numbers">{delivered}</td>
            <td class="numbers">{percent(onTimeRate, locale)}</td>
            <td class="numbers">{hours.toLocaleString(locale, { maximumFractionDigits: 1 })}</td>
            <td class="numbers">
              {deliveriesPerHour?.toLocaleString(locale, { maximumFractionDigits: 1 }) ?? '–'}
            </td>
            <td class="numbers">{formatDistance(distance, locale)}</td>
          </tr>
        ))}
      </Table>
      <h2>{words.money}</h2>
      <Table
        label={words.money}
        columns={[
          words.currency,
          words.sums.totals,
          words.sums.fees,
          words.sums.tips,
          words.sums.cashCollected,
        ]}
      >
        {money.map(({ currency, totals, fees, tips, cashCollected }) => (
          <tr key={currency}>
            <th scope="row">{currency}</th>
            {Object.entries({ totals, fees, tips, cashCollected }).map(([name, sum]) => (
              <td key={name} class="numbers">
                {formatMoney(sum, currency, locale)}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {Object.keys(failures.reasons).length > 0 && (
        <>
          <h2>{words.reasons}</h2>
          <Table label={words.reasons} columns={[common.cancel.reason, words.count]}>
            {Object.entries(failures.reasons).map(([reason, count]) => (
              <tr key={reason}>
                <th scope="row">{reasons[reason] ?? reason}</th>
                <td class="numbers">{count}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </>
  );
}
