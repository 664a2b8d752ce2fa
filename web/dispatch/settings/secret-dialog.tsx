import type { JSX } from 'preact';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { settingsWords } from './words.ts';

type Props = { title: string; label: string; secret: string; onClose: () => void };

/** Something that the API tells once: a key, a secret, an invitation. */
export function SecretDialog({ title, label, secret, onClose }: Props): JSX.Element {
  const { locale, staff } = useDispatch();
  const words = settingsWords(locale);
  return (
    <Dialog title={title} closeLabel={staff.close} onClose={onClose}>
      <Field id="secret" label={label} hint={words.once} readOnly value={secret} />
      <div class="actions">
        {/* Pages that came over plain http have no clipboard. */}
        {navigator.clipboard !== undefined && (
          <Button
            look="primary"
            onClick={() => void navigator.clipboard.writeText(secret).then(() => say(words.copied))}
          >
            {words.copy}
          </Button>
        )}
        <Button onClick={onClose}>{staff.close}</Button>
      </div>
    </Dialog>
  );
}
