/** Half the width of a driver's picture, in CSS pixels: the circle, its nose, and the rim. */
export const SPRITE_REACH = 28;
const RADIUS = 12;
/** A nose is drawn in steps of so many degrees; nobody sees the difference. */
const STEP = 6;

/**
 * Pictures of drivers by colour and heading, each drawn once. Copying one costs a tenth of drawing it: where there is no
 * graphics card, that decides how many drivers can move at once. `ratio` is the screen's pixels to a CSS pixel.
 */
export class DriverSprites {
  readonly #ratio: number;
  readonly #made = new Map<string, HTMLCanvasElement>();

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  /** `heading` in degrees clockwise from north, null for unknown. To be drawn around its middle. */
  of(fill: string, rim: string, heading: number | null): HTMLCanvasElement {
    const turn = heading === null ? null : (Math.round(heading / STEP) * STEP) % 360;
    const key = `${fill} ${rim} ${turn}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#draw(fill, rim, turn);
    this.#made.set(key, made);
    return made;
  }

  #draw(fill: string, rim: string, turn: number | null): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 2 * SPRITE_REACH * this.#ratio;
    const context = canvas.getContext('2d');
    if (context === null) return canvas;
    context.scale(this.#ratio, this.#ratio);
    context.translate(SPRITE_REACH, SPRITE_REACH);
    if (turn !== null) drawNose(context, fill, turn);
    drawDot(context, { x: 0, y: 0 }, RADIUS, fill, rim);
    context.fillStyle = rim;
    context.beginPath();
    context.arc(0, 0, 4, 0, 2 * Math.PI);
    context.fill();
    return canvas;
  }
}

function drawNose(context: CanvasRenderingContext2D, fill: string, turn: number): void {
  context.save();
  context.rotate((turn * Math.PI) / 180);
  context.beginPath();
  context.moveTo(0, -RADIUS - 12);
  context.lineTo(9, -9);
  context.lineTo(-9, -9);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  context.restore();
}

/** A filled circle with a rim. */
export function drawDot(
  context: CanvasRenderingContext2D,
  { x, y }: { x: number; y: number },
  radius: number,
  fill: string,
  rim: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = rim;
  context.lineWidth = 2.5;
  context.stroke();
}
