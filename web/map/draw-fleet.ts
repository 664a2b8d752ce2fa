import type { Location } from '../../domain/geo.ts';
import { type DriverSprites, drawDot, SPRITE_REACH } from './driver-sprites.ts';
import type { FleetScene, MapDriver, MapOrder, OrderTone } from './fleet-scene.ts';
import type { Pixel } from './projection.ts';

/** The page's colours as a canvas needs them. */
export type MapTheme = {
  text: string;
  surface: string;
  brand: string;
  muted: string;
  tones: Record<OrderTone, string>;
};

/** What both layers are drawn from. Pixels are CSS pixels; `ratio` of the screen's to one of them. */
export type Drawing = {
  context: CanvasRenderingContext2D;
  scene: FleetScene;
  project: (at: Location) => Pixel;
  size: { width: number; height: number };
  ratio: number;
  theme: MapTheme;
  now: number;
};

/** The lower layer: the trail, and the orders with their lines. It hardly changes from frame to frame. */
export function drawOrders(drawing: Drawing): void {
  clear(drawing);
  drawTrail(drawing);
  const { orders } = drawing.scene.places;
  // What is late or chosen lies above the rest.
  for (const order of orders) if (!stands(order)) drawOrder(drawing, order);
  for (const order of orders) if (stands(order)) drawOrder(drawing, order);
}

export type DriversDrawing = Drawing & {
  sprites: DriverSprites;
  /** A driver something is about to be dropped on, or the pointer is over. */
  marked: string | null;
  withNames: boolean;
};

/** The upper layer: the drivers, drawn anew in each frame while they move. */
export function drawDrivers(drawing: DriversDrawing): void {
  clear(drawing);
  for (const driver of drawing.scene.places.drivers) drawDriver(drawing, driver);
}

const clear = ({ context, size }: Drawing): void => context.clearRect(0, 0, size.width, size.height);

const stands = (order: MapOrder): boolean => order.isSelected || order.tone === 'late';

function drawTrail({ context, scene, project, theme }: Drawing): void {
  const [first, ...rest] = scene.places.trail.map(project);
  if (first === undefined) return;
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  stroke(context, theme.surface, 7);
  stroke(context, theme.brand, 4);
}

function drawOrder({ context, scene, project, theme, size, now }: Drawing, order: MapOrder): void {
  const color = theme.tones[order.tone];
  const pickup = order.pickup && project(order.pickup);
  const dropoff = order.dropoff && project(order.dropoff);
  const carrier = scene.driver(order.carrier);
  const start = carrier === undefined ? pickup : project(scene.poseOf(carrier, now));
  if (start && dropoff && (isNear(start, size) || isNear(dropoff, size))) {
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.lineTo(dropoff.x, dropoff.y);
    if (order.isSelected) stroke(context, theme.surface, 7);
    context.setLineDash(order.tone === 'unassigned' ? [6, 5] : []);
    context.globalAlpha = order.isSelected ? 1 : 0.55;
    stroke(context, color, order.isSelected ? 4 : 2);
    context.globalAlpha = 1;
    context.setLineDash([]);
  }
  const radius = order.isSelected ? 9 : 6;
  if (pickup && isNear(pickup, size)) drawDot(context, pickup, radius, theme.surface, color);
  if (dropoff && isNear(dropoff, size)) drawDot(context, dropoff, radius, color, theme.surface);
  if (order.isSelected && dropoff) drawLabel(context, theme, order.label, dropoff, 14);
}

function drawDriver(drawing: DriversDrawing, driver: MapDriver): void {
  const { context, scene, sprites, project, theme, size, ratio, marked, withNames, now } = drawing;
  const pose = scene.poseOf(driver, now);
  const at = project(pose);
  if (!isNear(at, size)) return;
  const sprite = sprites.of(driver.isStale ? theme.muted : theme.brand, theme.surface, pose.heading);
  // On whole pixels of the screen it is copied as it is.
  const whole = (pixel: number): number => Math.round((pixel - SPRITE_REACH) * ratio) / ratio;
  context.drawImage(sprite, whole(at.x), whole(at.y), 2 * SPRITE_REACH, 2 * SPRITE_REACH);
  if (marked === driver.id) {
    context.beginPath();
    context.arc(at.x, at.y, 24, 0, 2 * Math.PI);
    stroke(context, theme.brand, 4);
  }
  if (withNames || marked === driver.id) drawLabel(context, theme, driver.name, at, 18);
}

function drawLabel(
  context: CanvasRenderingContext2D,
  theme: MapTheme,
  label: string,
  { x, y }: Pixel,
  away: number,
): void {
  context.font = '600 13px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = theme.surface;
  context.strokeText(label, x + away, y);
  context.fillStyle = theme.text;
  context.fillText(label, x + away, y);
}

function stroke(context: CanvasRenderingContext2D, color: string, width: number): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

const isNear = ({ x, y }: Pixel, { width, height }: Drawing['size']): boolean =>
  x > -80 && y > -40 && x < width + 40 && y < height + 40;
