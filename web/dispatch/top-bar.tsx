import type { JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import { AlertIcon, PlusIcon } from '../ui/icons.tsx';
import { useDispatch } from './dispatch.ts';
import { NewOrderAlert } from './new-order-alert.tsx';
import { VIEWS, type View } from './place.ts';

export function TopBar(): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff, place, merchant, lateReports } = dispatch;
  return (
    <header class="top-bar">
      <Brand name={merchant.value?.name ?? 'DropMate'} logoUrl={merchant.value?.logoUrl ?? null} />
      <nav aria-label={words.nav}>
        {VIEWS.map((view) => (
          <a
            key={view}
            href={view === 'board' ? '/dispatch' : `/dispatch?view=${view}`}
            aria-current={view === place.value.view ? 'page' : undefined}
            onClick={(event) => go(event, view)}
          >
            {words.views[view]}
          </a>
        ))}
      </nav>
      <div class="top-actions">
        {lateReports.value > 0 && (
          <Button icon={<AlertIcon />} onClick={() => dispatch.ask({ what: 'late-reports' })}>
            {words.lateReports.button(lateReports.value)}
          </Button>
        )}
        <NewOrderAlert />
        <Button look="quiet" onClick={() => dispatch.ask({ what: 'import' })}>
          {words.board.import}
        </Button>
        <Button
          look="quiet"
          class="for-keys"
          aria-label={words.shortcuts.open}
          onClick={() => dispatch.ask({ what: 'shortcuts' })}
        >
          ?
        </Button>
        <Button look="quiet" onClick={() => void dispatch.session.logOut().then(() => location.assign('/'))}>
          {staff.logOut}
        </Button>
        <Button
          look="primary"
          icon={<PlusIcon />}
          onClick={() => dispatch.ask({ what: 'write', orderId: null })}
        >
          {words.board.newOrder}
        </Button>
      </div>
    </header>
  );

  function go(event: MouseEvent, view: View): void {
    // A new tab stays a new tab.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dispatch.go({ view });
  }
}

function Brand({ name, logoUrl }: { name: string; logoUrl: string | null }): JSX.Element {
  return (
    <p class="brand">
      {logoUrl !== null && <img src={logoUrl} alt="" height={28} />}
      <span>{name}</span>
    </p>
  );
}
