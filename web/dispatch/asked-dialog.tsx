import type { JSX } from 'preact';
import { AssignDialog } from './assign/assign-dialog.tsx';
import { GivingDialog } from './assign/giving-dialog.tsx';
import { useDispatch } from './dispatch.ts';
import { lazyView } from './lazy-view.tsx';
import { CancelDialog } from './order/cancel-dialog.tsx';
import { MoveDialog } from './order/move-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const WriteDialog = lazyView(() => import('./write/write-dialog.tsx').then((m) => m.WriteDialog));
const ImportDialog = lazyView(() => import('./write/import-dialog.tsx').then((m) => m.ImportDialog));
const LateReportsDialog = lazyView(() =>
  import('./late-reports/late-reports-dialog.tsx').then((m) => m.LateReportsDialog),
);

/** What was asked for above the board. */
export function AskedDialog(): JSX.Element | null {
  const { asked, giving } = useDispatch();
  if (giving.value !== null) return <GivingDialog giving={giving.value} />;
  const now = asked.value;
  switch (now?.what) {
    case undefined:
      return null;
    case 'assign':
      return <AssignDialog orderIds={now.orderIds} />;
    case 'cancel':
      return <CancelDialog orderIds={now.orderIds} />;
    case 'move':
      return <MoveDialog orderId={now.orderId} />;
    case 'write':
      return <WriteDialog orderId={now.orderId} />;
    case 'import':
      return <ImportDialog />;
    case 'late-reports':
      return <LateReportsDialog />;
    case 'shortcuts':
      return <ShortcutsDialog />;
  }
}
