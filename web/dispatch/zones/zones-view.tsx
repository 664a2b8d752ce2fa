import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Location } from '../../../domain/geo.ts';
import type { Zone } from '../../../functions/zones/zone.ts';
import { formatMoney } from '../../i18n/amounts.ts';
import type { ZoneMap } from '../../map/zone-map.ts';
import { Button } from '../../ui/button.tsx';
import { PlusIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { allPages } from '../all-pages.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';
import { cornersOf, partsOf } from './area.ts';
import { zonesWords } from './words.ts';
import { ZoneForm } from './zone-form.tsx';

/** What is being drawn; `corners` is null while the area stays as it is. */
type Drawing = { zone: Zone | null; corners: readonly Location[] | null };

/** Where the shop delivers, drawn on the map. */
export function ZonesView(): JSX.Element {
  const { api, locale } = useDispatch();
  const words = zonesWords(locale);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [removing, setRemoving] = useState<Zone | null>(null);
  const zones = useLoaded(
    (signal) =>
      allPages(async (cursor) =>
        (await api.v1.zones.$get({ query: { limit: '100', ...cursor } }, { init: { signal } })).json(),
      ),
    [],
  );
  const done = (): void => {
    setDrawing(null);
    setRemoving(null);
    zones.reload();
  };
  return (
    <div class="zones">
      <div>
        <h1>{words.title}</h1>
        {drawing === null ? (
          <>
            <p>{words.text}</p>
            <div class="actions">
              <Button
                look="primary"
                icon={<PlusIcon />}
                onClick={() => setDrawing({ zone: null, corners: [] })}
              >
                {words.add}
              </Button>
            </div>
            <LoadedView loaded={zones}>
              {(all) =>
                all.length === 0 ? (
                  <Empty title={words.none}>
                    <p>{words.noneText}</p>
                  </Empty>
                ) : (
                  <ul class="list">
                    {all.map((zone) => (
                      <ZoneRow
                        key={zone.id}
                        zone={zone}
                        onEdit={() => setDrawing({ zone, corners: cornersOf(zone.area) })}
                        onRemove={() => setRemoving(zone)}
                      />
                    ))}
                  </ul>
                )
              }
            </LoadedView>
          </>
        ) : (
          <ZoneForm
            key={drawing.zone?.id}
            zone={drawing.zone}
            corners={drawing.corners}
            onCorners={(corners) => setDrawing({ ...drawing, corners })}
            onClose={() => setDrawing(null)}
            onDone={done}
          />
        )}
      </div>
      <ZonesMap
        all={zones.value ?? []}
        zones={(zones.value ?? []).filter(({ id }) => drawing?.corners == null || id !== drawing.zone?.id)}
        corners={drawing?.corners ?? null}
        onCorners={(corners) => drawing !== null && setDrawing({ ...drawing, corners })}
      />
      {removing !== null && (
        <ConfirmDialog
          title={words.removeTitle(removing.name)}
          text={words.removeText}
          action={words.remove}
          onClose={() => setRemoving(null)}
          act={async () => {
            await api.v1.zones[':id'].$delete({ param: { id: removing.id } });
            say(words.removed);
            done();
          }}
        />
      )}
    </div>
  );
}

type RowProps = { zone: Zone; onEdit: () => void; onRemove: () => void };

function ZoneRow({ zone: { name, fee, hours, active }, onEdit, onRemove }: RowProps): JSX.Element {
  const { locale, merchant } = useDispatch();
  const words = zonesWords(locale);
  const money = (minor: number): string => formatMoney(minor, merchant.value?.currency ?? 'USD', locale);
  const said = [
    fee.perKm > 0 ? words.fee(money(fee.base), money(fee.perKm)) : money(fee.base),
    active ? null : words.off,
    hours === null ? words.always : hours.length === 0 ? words.closedAlways : null,
    ...(hours ?? []).map(({ day, from, to }) => `${words.days[day - 1]} ${from}–${to}`),
  ];
  return (
    <li class="list-row">
      <b>{name}</b>
      <span class="hint">{said.filter(Boolean).join(' · ')}</span>
      <span class="actions">
        <Button aria-label={`${words.edit}: ${name}`} onClick={onEdit}>
          {words.edit}
        </Button>
        <Button look="danger" aria-label={`${words.remove}: ${name}`} onClick={onRemove}>
          {words.remove}
        </Button>
      </span>
    </li>
  );
}

type MapProps = {
  /** What is in view at first. */
  all: readonly Zone[];
  /** What is drawn: all but the one whose corners are being moved. */
  zones: readonly Zone[];
  corners: readonly Location[] | null;
  onCorners: (corners: Location[]) => void;
};

function ZonesMap({ all, zones, corners, onCorners }: MapProps): JSX.Element | null {
  const { tiles, merchant, words: common, locale } = useDispatch();
  const words = zonesWords(locale);
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<ZoneMap | null>(null);
  const latest = useRef(onCorners);
  latest.current = onCorners;
  const home = merchant.value?.pickup?.location ?? null;
  useEffect(() => {
    let isGone = false;
    let opened: ZoneMap | null = null;
    void import('../../map/zone-map.ts').then(({ createZoneMap }) => {
      if (isGone || element.current === null || tiles === null) return;
      opened = createZoneMap(element.current, {
        tiles,
        center: merchant.peek()?.pickup?.location ?? null,
        labels: { zoomIn: common.board.zoomIn, zoomOut: common.board.zoomOut, corner: words.corner },
        onCorners: (corners) => latest.current(corners),
      });
      setMap(opened);
    });
    return () => {
      isGone = true;
      opened?.remove();
    };
  }, []);
  useEffect(() => {
    map?.show(
      zones.map(({ id, name, area }) => ({ id, name, parts: partsOf(area) })),
      corners,
    );
  });
  const known = all.map(({ id }) => id).join();
  useEffect(() => {
    const points = all.flatMap(({ area }) => partsOf(area).flat(2));
    map?.fit(points.length > 0 || home === null ? points : [home]);
    // Where the shop is may be known only later.
  }, [map, known, home === null]);
  if (tiles === null) return null;
  return (
    <section class="zones-map" aria-label={words.map}>
      <div class="map" ref={element} />
      <a class="credit" href={tiles.attribution.url} rel="noreferrer">
        {tiles.attribution.text}
      </a>
    </section>
  );
}
