import type { JSX } from 'preact';
import type { AuditRecord } from '../../../functions/accounts/list-audit.ts';
import { Button } from '../../ui/button.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { Table } from '../table.tsx';
import { usePaged } from '../use-paged.ts';
import { settingsWords } from './words.ts';

/** Who changed what, as the API names it. */
export function AuditTab(): JSX.Element {
  const { api, locale, times, now, words: common } = useDispatch();
  const words = settingsWords(locale);
  const { pages, more } = usePaged<AuditRecord>(
    async (cursor, signal) => (await api.v1.audit.$get({ query: cursor }, { init: { signal } })).json(),
    [],
  );
  const when = (instant: string): string =>
    [times.value.day(instant, now.value), times.value.clock(instant)].filter(Boolean).join(' ');
  return (
    <LoadedView loaded={pages}>
      {({ all, hasMore }) =>
        all.length === 0 ? (
          <p class="nothing">{words.audit.none}</p>
        ) : (
          <>
            <Table
              label={words.tabs.audit}
              columns={[
                words.audit.when,
                words.audit.who,
                words.audit.what,
                words.audit.of,
                words.audit.details,
              ]}
            >
              {all.map(({ id, at, actor, action, entity, details }) => (
                <tr key={id}>
                  <td class="numbers">{when(at)}</td>
                  <td>{actor.name ?? common.story.by[actor.type] ?? actor.type}</td>
                  <td>
                    <code>{action}</code>
                  </td>
                  <td>
                    <code>{[entity.type, entity.id?.slice(-6)].filter(Boolean).join(' …')}</code>
                  </td>
                  <td>{details !== null && <code class="wrap">{JSON.stringify(details)}</code>}</td>
                </tr>
              ))}
            </Table>
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )
      }
    </LoadedView>
  );
}
