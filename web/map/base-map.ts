import 'leaflet/dist/leaflet.css';
import * as L from 'leaflet';
import type { Location } from '../../domain/geo.ts';
import { tileLayer } from './live-map.ts';
import { type Tiles, zoomsOf } from './tiles.ts';

export type BaseMapOptions = {
  tiles: Tiles;
  /** What is shown at first; null while nothing is known. */
  center: Location | null;
  zoom: number;
  labels: { zoomIn: string; zoomOut: string };
  more?: L.MapOptions;
};

/** A map with its tiles and zoom buttons, which fits its element however that is resized. `remove` takes it away. */
export function openBaseMap(
  element: HTMLElement,
  { tiles, center, zoom, labels, more }: BaseMapOptions,
): { map: L.Map; remove: () => void } {
  const { bounds } = tiles;
  const zooms = zoomsOf(tiles);
  const map = L.map(element, {
    ...zooms,
    ...(bounds && {
      maxBounds: L.latLngBounds([bounds.south, bounds.west], [bounds.north, bounds.east]).pad(0.1),
    }),
    center: center ?? [0, 0],
    zoom: center === null ? zooms.minZoom : Math.min(zoom, zooms.maxZoom),
    // The page's own credit line says it.
    attributionControl: false,
    zoomControl: false,
    zoomAnimation: false,
    ...more,
  });
  L.control.zoom({ zoomInTitle: labels.zoomIn, zoomOutTitle: labels.zoomOut }).addTo(map);
  map.whenReady(() => tileLayer(tiles).addTo(map));
  const sizes = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  sizes.observe(element);
  return {
    map,
    remove() {
      sizes.disconnect();
      map.remove();
    },
  };
}
