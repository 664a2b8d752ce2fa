type Rgb = readonly [number, number, number];

/** The backgrounds of tokens.css on which the brand colour is drawn. */
const LIGHT_GROUNDS = ['#f6f7f9', '#ffffff'];
const DARK_GROUNDS = ['#0b1220', '#131c2e'];
/** WCAG 2.2 AA for text, which colour also carries here. */
const LEAST_CONTRAST = 4.5;

/**
 * CSS that puts a merchant's colour in the place of ours, or nothing when it is no `#rgb` or `#rrggbb`. A colour that
 * could not be read on a page's background is darkened (light pages) or lightened (dark pages) until it can.
 */
export function brandCss(color: string | null): string {
  const rgb = color === null ? null : parse(color);
  if (rgb === null) return '';
  const light = readable(rgb, LIGHT_GROUNDS, [0, 0, 0]);
  const dark = readable(rgb, DARK_GROUNDS, [255, 255, 255]);
  return `:root{${variables(light)}}@media(prefers-color-scheme:dark){:root{${variables(dark)}}}`;
}

/** The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(a: string, b: string): number {
  return ratio(parse(a) ?? [0, 0, 0], parse(b) ?? [0, 0, 0]);
}

function variables(rgb: Rgb): string {
  const onBrand = ratio(rgb, [255, 255, 255]) >= LEAST_CONTRAST ? '#ffffff' : '#000000';
  return `--brand:${hex(rgb)};--on-brand:${onBrand}`;
}

function readable(rgb: Rgb, grounds: readonly string[], towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(rgb, towards, share);
    if (grounds.every((ground) => ratio(mixed, parse(ground) ?? towards) >= LEAST_CONTRAST)) return mixed;
  }
  return towards;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const between = (x: number, y: number): number => Math.round(x + (y - x) * share);
  return [between(a[0], b[0]), between(a[1], b[1]), between(a[2], b[2])];
}

function parse(color: string): Rgb | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1];
  if (digits === undefined) return null;
  const wide = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const part = (at: number): number => Number.parseInt(wide.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

const hex = (rgb: Rgb): string => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

function ratio(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]; // two in, two out
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance of sRGB, 0 to 1 (WCAG 2.2). */
function luminance([r, g, b]: Rgb): number {
  const linear = (part: number): number => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
