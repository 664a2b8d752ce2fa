import type { JSX } from 'preact';
import { encode } from 'uqr';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { driversWords } from './words.ts';

export type Invitation = { inviteUrl: string; inviteExpiresAt: string };

type Props = { name: string; invitation: Invitation; onClose: () => void };

/** The link by which a driver signs in, to be scanned or sent. It is shown this once. */
export function InvitationDialog({ name, invitation, onClose }: Props): JSX.Element {
  const { locale, staff, times, now } = useDispatch();
  const words = driversWords(locale);
  const { inviteUrl, inviteExpiresAt } = invitation;
  const until = [times.value.day(inviteExpiresAt, now.value), times.value.clock(inviteExpiresAt)]
    .filter(Boolean)
    .join(', ');
  return (
    <Dialog title={words.inviteTitle(name)} closeLabel={staff.close} onClose={onClose}>
      <p>{words.inviteText}</p>
      <QrCode text={inviteUrl} alt={words.inviteAlt} />
      <Field id="invite-link" label={words.link} readOnly value={inviteUrl} hint={words.inviteUntil(until)} />
      <div class="actions">
        {navigator.clipboard !== undefined && (
          <Button
            look="primary"
            onClick={() => void navigator.clipboard.writeText(inviteUrl).then(() => say(words.copied))}
          >
            {words.copy}
          </Button>
        )}
        <Button onClick={onClose}>{staff.close}</Button>
      </div>
    </Dialog>
  );
}

/** Dark on light in both themes: not every phone reads an inverted code. */
function QrCode({ text, alt }: { text: string; alt: string }): JSX.Element {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg class="qr" role="img" aria-label={alt} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
