import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TrackingWords } from '../i18n/words.ts';
import type { createLiveMap, LiveMap, LivePlaces } from '../map/live-map.ts';
import { Poster } from '../map/poster.tsx';
import { viewOf } from '../map/projection.ts';
import { type Tiles, zoomsOf } from '../map/tiles.ts';
import { shownLocation } from './state.ts';
import type { TrackingView } from './view.ts';

/** Fetches the live map's code. The server has none: it draws the still picture only, and bundles no map library. */
export type LoadMap = () => Promise<{ createLiveMap: typeof createLiveMap }>;

type Props = { view: TrackingView; tiles: Tiles; words: TrackingWords; stale: boolean; loadMap?: LoadMap };

/** The map: a still picture at first, and a live one over it as soon as the browser has a quiet moment. */
export function MapBox({ view, tiles, words, stale, loadMap }: Props): JSX.Element | null {
  const places = placesOf(view);
  // Fixed at the first sight of the map: afterwards the live map moves, and the picture must not jump beneath it.
  const [mapView] = useState(() =>
    viewOf(
      [places.driver, places.dropoff, places.pickup].filter((place) => place !== null),
      zoomsOf(tiles),
    ),
  );
  const [ready, setReady] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  const live = useRef<LiveMap | null>(null);
  const latest = useRef(places);
  latest.current = places;

  useEffect(() => {
    if (mapView === null || loadMap === undefined) return;
    let gone = false;
    const cancel = whenIdle(async () => {
      const { createLiveMap } = await loadMap();
      if (gone || element.current === null) return;
      const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
      const onReady = () => setReady(true);
      live.current = createLiveMap(element.current, {
        tiles,
        view: mapView,
        labels: words.label,
        still,
        onReady,
      });
      live.current.show(latest.current);
    });
    return () => {
      gone = true;
      cancel();
      live.current?.remove();
      live.current = null;
    };
  }, []);
  useEffect(() => live.current?.show(places));

  if (mapView === null) return null;
  return (
    <div class={`map-frame${ready ? ' map-ready' : ''}${stale ? ' stale' : ''}`}>
      <Poster tiles={tiles} view={mapView} places={places} />
      <div class="map-live" ref={element} />
      <a class="credit" href={tiles.attribution.url} rel="noreferrer">
        {tiles.attribution.text}
      </a>
    </div>
  );
}

function placesOf(view: TrackingView): LivePlaces {
  const { pickup, dropoff, status } = view.order;
  const location = shownLocation(view);
  const carried = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'].includes(status);
  return {
    // Once the order has left the shop, the shop is only clutter on the way.
    pickup: carried ? null : pickup.location,
    dropoff: dropoff.location,
    driver: location && {
      lat: location.lat,
      lng: location.lng,
      heading: location.heading,
      fixedAt: Date.parse(location.fixedAt),
    },
  };
}

/** Runs it when the page has nothing better to do; a failure (offline, say) leaves the still picture. */
function whenIdle(work: () => Promise<void>): () => void {
  const run = (): void => void work().catch(() => {});
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(run, { timeout: 2000 });
    return () => cancelIdleCallback(id);
  }
  const id = setTimeout(run, 300);
  return () => clearTimeout(id);
}
