import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Location } from '../../../domain/geo.ts';
import type { PlaceMap } from '../../map/place-map.ts';
import { useDispatch } from '../dispatch.ts';

type Props = { at: Location | null; onPlace: (at: Location) => void };

/** A map on which the dropoff is found or chosen. */
export function PlaceField({ at, onPlace }: Props): JSX.Element | null {
  const { tiles, words, merchant } = useDispatch();
  const element = useRef<HTMLDivElement>(null);
  const map = useRef<PlaceMap | null>(null);
  const latest = useRef({ at, onPlace });
  latest.current = { at, onPlace };
  useEffect(() => {
    let isGone = false;
    void import('../../map/place-map.ts').then(({ createPlaceMap }) => {
      if (isGone || element.current === null || tiles === null) return;
      map.current = createPlaceMap(element.current, {
        tiles,
        center: latest.current.at ?? merchant.peek()?.pickup?.location ?? null,
        labels: { ...words.board, pin: words.write.map },
        onPlace: (at) => latest.current.onPlace(at),
      });
      map.current.show(latest.current.at);
    });
    return () => {
      isGone = true;
      map.current?.remove();
      map.current = null;
    };
  }, []);
  useEffect(() => map.current?.show(at), [at?.lat, at?.lng]);
  if (tiles === null) return null;
  return (
    <section class="place-map" aria-label={words.write.map}>
      <div class="map" ref={element} />
      <a class="credit" href={tiles.attribution.url} rel="noreferrer">
        {tiles.attribution.text}
      </a>
    </section>
  );
}
