import * as L from 'leaflet';
import type { Location } from '../../domain/geo.ts';
import { openBaseMap } from './base-map.ts';
import { drawDrivers, drawOrders, type MapTheme } from './draw-fleet.ts';
import { DriverSprites } from './driver-sprites.ts';
import { type FleetPlaces, FleetScene, type Mark } from './fleet-scene.ts';
import type { Pixel } from './projection.ts';
import type { Tiles } from './tiles.ts';

export type FleetMapOptions = {
  tiles: Tiles;
  /** What is shown before anything is known. */
  center: Location | null;
  labels: { zoomIn: string; zoomOut: string };
  /** Whether the reader wants no motion, asked at each fix. */
  still: () => boolean;
  onPick: (mark: Mark) => void;
};

export type FleetMap = {
  show: (places: FleetPlaces) => void;
  /** Moves the view so that all these points are in it. */
  fit: (points: readonly Location[]) => void;
  /** The driver drawn at that point of the window, for something that is dropped there. */
  driverAt: (point: { clientX: number; clientY: number }) => string | null;
  /** Rings a driver; null for none. */
  mark: (driverId: string | null) => void;
  remove: () => void;
};

const NAMES_FROM_ZOOM = 14;
/** Nobody reads the names of so many. */
const NAMES_AT_MOST = 60;

/** While drivers glide the lines to them follow this often, in milliseconds: the eye is on the drivers. */
const LINES_EVERY_MS = 200;

/** A map of the whole fleet, in an element that has a size: everything that moves is drawn by one loop, on two canvases. */
export function createFleetMap(element: HTMLElement, options: FleetMapOptions): FleetMap {
  const { tiles, center, labels } = options;
  const { map, remove } = openBaseMap(element, {
    ...{ tiles, center, labels, zoom: 14 },
    // A canvas is drawn anew for each view: there is nothing to scale between two zooms.
    more: { fadeAnimation: false },
  });

  const lower = addCanvas(element);
  const upper = addCanvas(element);
  const ratio = Math.min(2, devicePixelRatio);
  const sprites = new DriverSprites(ratio);

  const scene = new FleetScene();
  let theme = readTheme(element);
  let marked: string | null = null;
  let frame = 0;
  /** When the lower layer is to be drawn again; 0 is now. */
  let ordersDue = 0;

  const project = ({ lat, lng }: Location): Pixel => map.latLngToContainerPoint([lat, lng]);
  const draw = (): void => {
    frame = 0;
    const { x: width, y: height } = map.getSize();
    if (lower === null || upper === null || width === 0) return;
    const now = performance.now();
    const size = { width, height };
    const withNames = map.getZoom() >= NAMES_FROM_ZOOM && scene.places.drivers.length <= NAMES_AT_MOST;
    const drawing = { scene, project, size, ratio, theme, now };
    const isResting = scene.isAtRest(now);
    const isResized = fitCanvas(lower, size, ratio);
    fitCanvas(upper, size, ratio);
    if (isResized || isResting || now >= ordersDue) {
      drawOrders({ ...drawing, context: lower });
      ordersDue = now + LINES_EVERY_MS;
    }
    drawDrivers({ ...drawing, context: upper, sprites, marked, withNames });
    if (!isResting && frame === 0) frame = requestAnimationFrame(draw);
  };
  const drawDriversSoon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const drawSoon = (): void => {
    ordersDue = 0;
    drawDriversSoon();
  };
  map.on('move zoom resize viewreset', drawSoon);

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolour = (): void => {
    theme = readTheme(element);
    drawSoon();
  };
  dark.addEventListener('change', recolour);

  const pixelOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Pixel => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const markAt = (event: L.LeafletMouseEvent): Mark | null =>
    scene.markAt(event.containerPoint, project, performance.now());
  map.on('click', (event) => {
    const mark = markAt(event);
    if (mark !== null) options.onPick(mark);
  });
  map.on('mousemove', (event) => {
    const mark = markAt(event);
    element.classList.toggle('over-mark', mark !== null);
    const id = mark?.type === 'driver' ? mark.id : null;
    if (id === marked) return;
    marked = id;
    drawDriversSoon();
  });

  return {
    show(places) {
      const { orders, trail } = scene.places;
      scene.show(places, performance.now(), options.still());
      if (orders === places.orders && trail === places.trail) drawDriversSoon();
      else drawSoon();
    },
    fit(points) {
      if (points.length === 0) return;
      const bounds = L.latLngBounds(points.map(({ lat, lng }) => [lat, lng]));
      map.fitBounds(bounds, { padding: [56, 56], maxZoom: 16, animate: false });
    },
    driverAt: (point) => scene.markAt(pixelOf(point), project, performance.now(), 'driver')?.id ?? null,
    mark(driverId) {
      if (marked === driverId) return;
      marked = driverId;
      drawDriversSoon();
    },
    remove() {
      cancelAnimationFrame(frame);
      dark.removeEventListener('change', recolour);
      remove();
    },
  };
}

function addCanvas(element: HTMLElement): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.className = 'fleet-canvas';
  canvas.setAttribute('aria-hidden', 'true');
  element.append(canvas);
  return canvas.getContext('2d');
}

/** A canvas has its own pixels: as many as the screen. True when it had others, and is empty now. */
function fitCanvas(
  context: CanvasRenderingContext2D,
  { width, height }: { width: number; height: number },
  ratio: number,
): boolean {
  const { canvas } = context;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === w && canvas.height === h) return false;
  canvas.width = w;
  canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return true;
}

function readTheme(element: HTMLElement): MapTheme {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read('text'),
    surface: read('surface'),
    brand: read('brand'),
    muted: read('muted'),
    tones: {
      unassigned: read('text'),
      on_time: read('assigned'),
      at_risk: read('risk'),
      late: read('late'),
    },
  };
}
