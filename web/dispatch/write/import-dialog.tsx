import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import type { ImportResult } from '../../../functions/orders/import.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';

type RowError = { row: number; column: string | null; message: string };

/** Orders from a file: first it is checked, then taken as a whole. */
export function ImportDialog(): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  const [file, setFile] = useState<File | null>(null);
  const [skip, setSkip] = useState(true);
  const [ignore, setIgnore] = useState(true);
  const [checked, setChecked] = useState<ImportResult | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  // Of this file: sent again after an answer was lost it is the same import.
  const [key, setKey] = useState(uuidv7);
  const close = (): void => dispatch.ask(null);
  const forget = (): void => {
    setChecked(null);
    setProblem(null);
    setKey(uuidv7());
  };

  const send = async (isDryRun: boolean): Promise<void> => {
    if (file === null) return;
    setBusy(true);
    setProblem(null);
    const query = new URLSearchParams({
      dryRun: `${isDryRun}`,
      onDuplicate: skip ? 'skip' : 'error',
      unknownColumns: ignore ? 'ignore' : 'error',
    });
    try {
      const answer = await dispatch.fetchFile(`/v1/orders/import?${query}`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/csv', ...(!isDryRun && { 'Idempotency-Key': key }) },
        body: file,
      });
      // The route's own answer.
      const result: ImportResult = await answer.json();
      if (isDryRun) return setChecked(result);
      say(words.import.done(result.created.length, result.unplaced));
      close();
    } catch (error) {
      setChecked(null);
      setProblem(problemOfFailure(error));
    } finally {
      setBusy(false);
    }
  };

  const errors = rowErrors(problem);
  return (
    <Dialog title={words.import.title} closeLabel={staff.close} onClose={close}>
      <p>{words.import.text}</p>
      <div class="field">
        <label for="import-file">{words.import.file}</label>
        <input
          id="import-file"
          class="input"
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => {
            setFile(event.currentTarget.files?.[0] ?? null);
            forget();
          }}
        />
      </div>
      <p class="hint">
        {words.import.columns}:{' '}
        <code>dropoff_address, dropoff_name, dropoff_phone, items, cash_on_delivery…</code>{' '}
        <a href="/docs">{words.import.all}</a>
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={skip}
          onChange={(event) => {
            setSkip(event.currentTarget.checked);
            forget();
          }}
        />
        {words.import.skip}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={ignore}
          onChange={(event) => {
            setIgnore(event.currentTarget.checked);
            forget();
          }}
        />
        {words.import.ignore}
      </label>
      {problem !== null && (
        <ErrorNote>
          {errors.length > 0 ? words.import.wrong(errors.length) : dispatch.explain(problem)}
        </ErrorNote>
      )}
      {errors.length > 0 && <RowErrors errors={errors} />}
      {checked !== null && (
        <p class="tone-done" role="status">
          {words.import.fine(checked.rows, checked.skipped)}
        </p>
      )}
      <div class="actions">
        <Button onClick={close}>{staff.cancel}</Button>
        {checked === null ? (
          <Button look="primary" busy={isBusy} disabled={file === null} onClick={() => void send(true)}>
            {words.import.check}
          </Button>
        ) : (
          <Button look="primary" busy={isBusy} onClick={() => void send(false)}>
            {words.import.run(checked.rows - checked.skipped)}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

const MOST_SHOWN = 100;

function RowErrors({ errors }: { errors: readonly RowError[] }): JSX.Element {
  const { words } = useDispatch();
  return (
    // It scrolls: keys must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-scroll" tabIndex={0} aria-label={words.import.message}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.import.row}</th>
            <th scope="col">{words.import.column}</th>
            <th scope="col">{words.import.message}</th>
          </tr>
        </thead>
        <tbody>
          {errors.slice(0, MOST_SHOWN).map(({ row, column, message }) => (
            <tr key={`${row} ${column} ${message}`}>
              <td class="numbers">{row}</td>
              <td>{column}</td>
              <td>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The refusal names each bad row beside the usual fields. */
function rowErrors(problem: ApiProblem | null): RowError[] {
  const rows: unknown = problem?.extra.rows ?? problem?.errors;
  if (!Array.isArray(rows)) return [];
  return rows.filter(
    (row): row is RowError => typeof row === 'object' && row !== null && 'row' in row && 'message' in row,
  );
}
