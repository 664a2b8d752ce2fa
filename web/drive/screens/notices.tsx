import type { JSX } from 'preact';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { type AppContext, useApp } from '../app-context.ts';
import type { Notice } from '../outbox/item.ts';

/** What the driver must know of what was sent: it stays until it is understood, over a reload too. */
export function Notices(): JSX.Element | null {
  const app = useApp();
  const { drive, words } = app;
  if (drive.notices.value.length === 0) return null;
  return (
    <section class="notices" aria-label={words.notices.title}>
      {drive.notices.value.map((notice) => (
        <ErrorNote key={notice.id}>
          {noticeText(notice, app)}
          <Button onClick={() => void drive.dismiss(notice)}>{words.notices.dismiss}</Button>
        </ErrorNote>
      ))}
    </section>
  );
}

function noticeText(notice: Notice, { words, staff }: AppContext): string {
  const { action, kind, code, detail, missing, triesLeft } = notice;
  const { notices } = words;
  const names = { message: notices.message, proof: notices.file, shift: '', stops: '', status: '' };
  const what = action.status === null ? names[action.kind] : staff.statuses[action.status];
  if (action.orderNumber === null) return `${notices.refusedOther} ${detail}`;
  if (kind === 'late') return notices.late(what, action.orderNumber);
  const refused = notices.refused(what, action.orderNumber);
  if (triesLeft !== null) return `${refused} ${notices.pinWrong(triesLeft)}`;
  if (missing.length > 0) {
    const demands: Record<string, string> = words.stop.demands;
    return `${refused} ${notices.missing(missing.map((each) => demands[each] ?? each).join(', '))}`;
  }
  if (code === 'not_found' || code === 'forbidden') return `${refused} ${notices.gone}`;
  if (code === 'illegal_transition' || code === 'stale') return `${refused} ${notices.changed}`;
  return `${refused} ${detail}`;
}
