import * as L from 'leaflet';
import type { Location } from '../../domain/geo.ts';
import { openBaseMap } from './base-map.ts';
import type { Tiles } from './tiles.ts';

/** An area that is only shown, ring by ring of each of its parts. */
export type ShownArea = { id: string; name: string; parts: readonly (readonly (readonly Location[])[])[] };

export type ZoneMapOptions = {
  tiles: Tiles;
  center: Location | null;
  labels: { zoomIn: string; zoomOut: string; corner: (n: number) => string };
  onCorners: (corners: Location[]) => void;
};

export type ZoneMap = {
  /** The other zones, and the corners of the one that is drawn; null when none is. */
  show: (areas: readonly ShownArea[], corners: readonly Location[] | null) => void;
  fit: (points: readonly Location[]) => void;
  remove: () => void;
};

/** A map on which an area is drawn corner by corner, over those that are there. */
export function createZoneMap(
  element: HTMLElement,
  { tiles, center, labels, onCorners }: ZoneMapOptions,
): ZoneMap {
  const { map, remove } = openBaseMap(element, {
    ...{ tiles, center, labels, zoom: 13 },
    // Two corners may be pressed quickly.
    more: { doubleClickZoom: false },
  });

  const shown = L.layerGroup().addTo(map);
  let corners: readonly Location[] | null = null;
  map.on('click', ({ latlng }) => {
    if (corners !== null) onCorners([...corners, rounded(latlng)]);
  });

  const cornerAt = (at: Location, index: number): L.Marker => {
    const icon = L.divIcon({ className: 'zone-corner', iconSize: [20, 20] });
    const title = labels.corner(index + 1);
    const marker = L.marker(at, { icon, draggable: true, title, alt: title });
    const without = () => (corners ?? []).filter((_, other) => other !== index);
    marker.on('dragend', () => {
      const moved = rounded(marker.getLatLng());
      onCorners((corners ?? []).map((corner, other) => (other === index ? moved : corner)));
    });
    marker.on('click', () => onCorners(without()));
    marker.on('keydown', ({ originalEvent }: L.LeafletKeyboardEvent) => {
      if (originalEvent.key === 'Delete' || originalEvent.key === 'Backspace') onCorners(without());
    });
    return marker;
  };

  return {
    show(areas, drawn) {
      corners = drawn;
      shown.clearLayers();
      for (const { name, parts } of areas) {
        const rings = parts.map((part) => part.map((ring) => [...ring]));
        L.polygon(rings, { className: 'zone-area', interactive: false })
          .bindTooltip(name, { permanent: true, direction: 'center', className: 'zone-name' })
          .addTo(shown);
      }
      if (drawn === null) return;
      L.polygon([...drawn], { className: 'zone-drawn', interactive: false }).addTo(shown);
      for (const [index, at] of drawn.entries()) cornerAt(at, index).addTo(shown);
    },
    fit(points) {
      if (points.length > 0)
        map.fitBounds(L.latLngBounds([...points]), { padding: [24, 24], maxZoom: 14, animate: false });
    },
    remove,
  };
}

/** A decimetre is exact enough for a border. */
const rounded = ({ lat, lng }: Location): Location => ({
  lat: Number(lat.toFixed(6)),
  lng: Number(lng.toFixed(6)),
});
