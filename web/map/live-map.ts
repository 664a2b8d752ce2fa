import 'leaflet/dist/leaflet.css';
import * as L from 'leaflet';
import type { Location } from '../../domain/geo.ts';
import { aim, type Glide, isAtRest, type PoseFix, poseAt } from './glide.ts';
import { DROPOFF_PIN, driverPin, PICKUP_PIN } from './pins.ts';
import { type MapView, TILE_SIZE } from './projection.ts';
import { type Tiles, zoomsOf } from './tiles.ts';

export type LivePlaces = { pickup: Location | null; dropoff: Location | null; driver: PoseFix | null };
export type MapLabels = {
  driver: string;
  destination: string;
  shop: string;
  recentre: string;
  zoomIn: string;
  zoomOut: string;
};
export type LiveMap = { show: (places: LivePlaces) => void; remove: () => void };

/**
 * A map that follows the driver, in an element that has a size. `onReady` is called once the first tiles are drawn;
 * `still()` tells whether the reader wants no motion, asked at each fix.
 */
export function createLiveMap(
  element: HTMLElement,
  options: { tiles: Tiles; view: MapView; labels: MapLabels; still: () => boolean; onReady: () => void },
): LiveMap {
  const { tiles, view, labels, still } = options;
  const map = openMap(element, tiles, view, labels);
  map.whenReady(() => {
    tileLayer(tiles).once('load', options.onReady).addTo(map);
  });

  let driver: { marker: L.Marker; glide: Glide } | null = null;
  let pins: L.Marker[] = [];
  let shown = '';
  let frame = 0;
  // A reader who has moved the map keeps the view they chose, until they ask for the driver.
  let follows = true;
  const follow = (places: LivePlaces): void => {
    if (!follows || places.driver === null) return;
    const points = [places.driver, places.dropoff].filter((place) => place !== null);
    const inner = map.getBounds().pad(-0.12);
    if (!points.every((point) => inner.contains(point))) {
      map.fitBounds(L.latLngBounds(points), { padding: [48, 48], maxZoom: 17, animate: !still() });
    }
  };

  let latest: LivePlaces = { pickup: null, dropoff: null, driver: null };
  const recentre = recentreControl(labels.recentre, () => {
    follows = true;
    recentre.remove();
    follow(latest);
  });
  const letGo = (): void => {
    follows = false;
    if (latest.driver !== null) recentre.addTo(map);
  };
  map.on('dragstart', letGo);
  element.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('.leaflet-control-zoom')) letGo();
  });

  const draw = (): void => {
    frame = 0;
    if (driver === null) return;
    const now = performance.now();
    place(driver.marker, poseAt(driver.glide, now));
    if (!isAtRest(driver.glide, now)) frame = requestAnimationFrame(draw);
  };

  return {
    show(places) {
      latest = places;
      const fixed = JSON.stringify([places.pickup, places.dropoff]);
      if (fixed !== shown) {
        shown = fixed;
        for (const pin of pins) pin.remove();
        pins = fixedPins(places, labels).map((pin) => pin.addTo(map));
      }
      if (places.driver === null) {
        driver?.marker.remove();
        driver = null;
        recentre.remove();
        return;
      }
      const glide = aim(driver?.glide ?? null, places.driver, performance.now(), still());
      driver ??= { marker: pin(places.driver, driverPin(0), labels.driver, 1000).addTo(map), glide };
      driver.glide = glide;
      if (frame === 0) draw();
      follow(places);
    },
    remove() {
      cancelAnimationFrame(frame);
      map.remove();
    },
  };
}

function openMap(element: HTMLElement, tiles: Tiles, view: MapView, labels: MapLabels): L.Map {
  const zooms = zoomsOf(tiles);
  const { bounds } = tiles;
  const map = L.map(element, {
    center: view.center,
    zoom: view.zoom,
    ...zooms,
    ...(bounds && {
      maxBounds: L.latLngBounds([bounds.south, bounds.west], [bounds.north, bounds.east]).pad(0.1),
    }),
    // The page's own credit line, there before this map, says it.
    attributionControl: false,
    zoomControl: false,
    // A wheel over the map scrolls the page.
    scrollWheelZoom: false,
  });
  L.control.zoom({ zoomInTitle: labels.zoomIn, zoomOutTitle: labels.zoomOut }).addTo(map);
  return map;
}

export function tileLayer(tiles: Tiles): L.TileLayer {
  const { minZoom, maxZoom } = zoomsOf(tiles);
  const layer = L.tileLayer(tiles.url, { minNativeZoom: minZoom, maxNativeZoom: maxZoom, minZoom, maxZoom });
  // A pixel more than its place, or seams show on screens with a fractional pixel ratio.
  return layer.on('tileloadstart', ({ tile }: L.TileEvent) => {
    tile.style.width = tile.style.height = `${TILE_SIZE + 1}px`;
  });
}

function fixedPins({ pickup, dropoff }: LivePlaces, labels: MapLabels): L.Marker[] {
  const pins: L.Marker[] = [];
  if (pickup) pins.push(pin(pickup, PICKUP_PIN, labels.shop, 0));
  if (dropoff) pins.push(pin(dropoff, DROPOFF_PIN, labels.destination, 500));
  return pins;
}

function pin(at: Location, svg: string, title: string, zIndexOffset: number): L.Marker {
  const icon = L.divIcon({
    className: 'map-pin',
    html: `<svg aria-hidden="true" width="1" height="1" overflow="visible">${svg}</svg>`,
    iconSize: [0, 0],
  });
  return L.marker([at.lat, at.lng], {
    icon,
    title,
    alt: title,
    zIndexOffset,
    keyboard: false,
    interactive: false,
  });
}

function place(marker: L.Marker, pose: { lat: number; lng: number; heading: number | null }): void {
  marker.setLatLng([pose.lat, pose.lng]);
  const nose = marker.getElement()?.querySelector('.pin-nose');
  nose?.setAttribute('transform', `rotate(${(pose.heading ?? 0).toFixed(1)})`);
  nose?.setAttribute('visibility', pose.heading === null ? 'hidden' : 'visible');
}

function recentreControl(label: string, onClick: () => void): L.Control {
  const control = new L.Control({ position: 'bottomleft' });
  control.onAdd = () => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'recentre';
    button.textContent = label;
    L.DomEvent.disableClickPropagation(button);
    button.addEventListener('click', onClick);
    return button;
  };
  return control;
}
