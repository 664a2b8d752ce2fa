import * as L from 'leaflet';
import type { Location } from '../../domain/geo.ts';
import { openBaseMap } from './base-map.ts';
import { DROPOFF_PIN } from './pins.ts';
import type { Tiles } from './tiles.ts';

export type PlaceMapOptions = {
  tiles: Tiles;
  center: Location | null;
  labels: { pin: string; zoomIn: string; zoomOut: string };
  /** The reader pressed on the map, or moved the pin. */
  onPlace: (at: Location) => void;
};

export type PlaceMap = {
  /** Puts the pin there, in view; null takes it away. */
  show: (at: Location | null) => void;
  remove: () => void;
};

/** A map on which one place is chosen, by a press or by dragging the pin. Arrow keys move the focused pin. */
export function createPlaceMap(
  element: HTMLElement,
  { tiles, center, labels, onPlace }: PlaceMapOptions,
): PlaceMap {
  const { map, remove } = openBaseMap(element, {
    ...{ tiles, center, labels, zoom: 14 },
    // A dialog that scrolls has this map in it.
    more: { scrollWheelZoom: false },
  });

  let pin: L.Marker | null = null;
  const place = (at: Location): void => {
    pin ??= newPin(at, labels.pin, place, onPlace).addTo(map);
    pin.setLatLng(at);
  };
  map.on('click', ({ latlng }) => {
    const at = rounded(latlng);
    place(at);
    onPlace(at);
  });
  return {
    show(at) {
      if (at === null) {
        pin?.remove();
        pin = null;
        return;
      }
      const isInView = pin !== null && map.getBounds().pad(-0.1).contains(at);
      place(at);
      if (!isInView) map.setView(at, Math.max(map.getZoom(), 16), { animate: false });
    },
    remove,
  };
}

/** About 15 metres. */
const STEP = 0.00014;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [STEP, 0],
  ArrowDown: [-STEP, 0],
  ArrowLeft: [0, -STEP],
  ArrowRight: [0, STEP],
};

function newPin(
  at: Location,
  title: string,
  place: (at: Location) => void,
  onPlace: (at: Location) => void,
): L.Marker {
  const icon = L.divIcon({
    className: 'map-pin',
    html: `<svg aria-hidden="true" width="1" height="1" overflow="visible">${DROPOFF_PIN}</svg>`,
    iconSize: [24, 40],
    iconAnchor: [12, 40],
  });
  const marker = L.marker(at, { icon, draggable: true, title, alt: title });
  const settle = (moved: Location): void => {
    place(moved);
    onPlace(moved);
  };
  marker.on('dragend', () => settle(rounded(marker.getLatLng())));
  marker.on('keydown', ({ originalEvent }: L.LeafletKeyboardEvent) => {
    const step = STEPS[originalEvent.key];
    if (step === undefined) return;
    originalEvent.preventDefault();
    originalEvent.stopPropagation();
    const { lat, lng } = marker.getLatLng();
    settle(rounded({ lat: lat + step[0], lng: lng + step[1] }));
  });
  return marker;
}

/** A decimetre is exact enough for a door. */
const rounded = ({ lat, lng }: Location): Location => ({
  lat: Number(lat.toFixed(6)),
  lng: Number(lng.toFixed(6)),
});
