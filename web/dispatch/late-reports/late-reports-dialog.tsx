import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LateReport } from '../../../functions/late-reports/late-report.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { reload } from '../assign/give-orders.ts';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';

/** What phones told too late, for a manager to take as true or to leave. */
export function LateReportsDialog(): JSX.Element {
  const dispatch = useDispatch();
  const { api, words, staff, lateReports } = dispatch;
  const reports = useLoaded(async (signal) => {
    const answer = await api.v1['late-reports'].$get({ query: { settled: 'false' } }, { init: { signal } });
    // Several of one order are applied oldest first.
    return (await answer.json()).data.toReversed();
  }, []);
  const settled = (id: string): void => {
    const left = (reports.value ?? []).filter((report) => report.id !== id);
    reports.set(left);
    lateReports.value = left.length;
  };
  return (
    <Dialog title={words.lateReports.title} closeLabel={staff.close} onClose={() => dispatch.ask(null)}>
      <p>{words.lateReports.text}</p>
      <LoadedView loaded={reports}>
        {(all) =>
          all.length === 0 ? (
            <p class="nothing">{words.lateReports.none}</p>
          ) : (
            <ul class="list">
              {all.map((report) => (
                <ReportRow key={report.id} report={report} onSettled={() => settled(report.id)} />
              ))}
            </ul>
          )
        }
      </LoadedView>
    </Dialog>
  );
}

function ReportRow({ report, onSettled }: { report: LateReport; onSettled: () => void }): JSX.Element {
  const dispatch = useDispatch();
  const { api, words, staff, times } = dispatch;
  const { id, orderId, driverId, status, orderStatus, occurredAt, reason } = report;
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const order = dispatch.order(orderId);
  const settle = async (apply: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const json = { apply, ...(note.trim() !== '' && { note: note.trim() }) };
      await api.v1['late-reports'][':id'].settle.$post({ param: { id }, json });
      say(words.lateReports.settled);
      onSettled();
      if (apply) await reload(dispatch, orderId);
    } catch (failure) {
      setError(dispatch.explain(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <li class="list-row">
      <span class="row-head">
        <b class="numbers">{order === undefined ? words.order.panel : words.order.name(order.number)}</b>
        <time class="numbers">{times.value.clock(occurredAt)}</time>
      </span>
      <span>{words.lateReports.said(dispatch.driverName(driverId), staff.statuses[status])}</span>
      <span class="hint">{words.lateReports.was(staff.statuses[orderStatus])}</span>
      {reason !== null && <span class="quote">{reason}</span>}
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      <Field
        id={`note-${id}`}
        label={words.lateReports.note}
        maxLength={1000}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <span class="actions">
        <Button
          look="quiet"
          onClick={() => {
            dispatch.ask(null);
            dispatch.open(orderId);
          }}
        >
          {words.order.openLink}
        </Button>
        <Button busy={isBusy} onClick={() => void settle(false)}>
          {words.lateReports.dismiss}
        </Button>
        <Button look="primary" busy={isBusy} onClick={() => void settle(true)}>
          {words.lateReports.apply}
        </Button>
      </span>
    </li>
  );
}
