/** What people write for the longer words of Montevideo's street names, without accents and dots. */
const ABBREVIATIONS: Record<string, string> = {
  av: 'avenida',
  avda: 'avenida',
  ave: 'avenida',
  bv: 'bulevar',
  bvar: 'bulevar',
  blvr: 'bulevar',
  blvd: 'bulevar',
  bulev: 'bulevar',
  boulevard: 'bulevar',
  rbla: 'rambla',
  rambl: 'rambla',
  cno: 'camino',
  cmno: 'camino',
  psje: 'pasaje',
  pje: 'pasaje',
  pza: 'plaza',
  plza: 'plaza',
  dr: 'doctor',
  dra: 'doctora',
  gral: 'general',
  gen: 'general',
  gdor: 'gobernador',
  cnel: 'coronel',
  cap: 'capitan',
  tte: 'teniente',
  cdte: 'comandante',
  alte: 'almirante',
  brig: 'brigadier',
  mcal: 'mariscal',
  sgto: 'sargento',
  pte: 'presidente',
  pdte: 'presidente',
  ing: 'ingeniero',
  arq: 'arquitecto',
  prof: 'profesor',
  mtro: 'maestro',
  mtra: 'maestra',
  sta: 'santa',
  sto: 'santo',
  rca: 'republica',
  fco: 'francisco',
  ma: 'maria',
};

/** Left out when people say a street's name: they weigh little when two streets fit. */
const TITLES = new Set([
  ...['avenida', 'bulevar', 'rambla', 'camino', 'calle', 'pasaje', 'doctor', 'doctora', 'general', 'coronel'],
  ...['capitan', 'teniente', 'almirante', 'brigadier', 'presidente', 'ingeniero', 'arquitecto', 'profesor'],
  ...['de', 'del', 'la', 'las', 'los', 'el', 'y'],
]);

const ACCENTS = /[\u0300-\u036f]/g;

/** `'Bvar. Gral. Artigas'` → `['bulevar', 'general', 'artigas']`. */
export function words(text: string): string[] {
  const plain = text.normalize('NFD').replace(ACCENTS, '').toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => ABBREVIATIONS[word] ?? word);
}

/** How much of a name was left unsaid: 0 when all its words were, titles count a tenth. */
export function unsaid(name: string[], said: ReadonlySet<string>): number {
  let sum = 0;
  for (const word of name) if (!said.has(word)) sum += TITLES.has(word) ? 0.1 : 1;
  return sum;
}

const PLAIN_NUMBER = /^\d{1,5}$/;

/** `'3688,3690,3692'` → three; `'4219 BIS'` → `'4219bis'`; `'s/n'` → none. */
export function houseNumbers(tag: string): string[] {
  if (PLAIN_NUMBER.test(tag)) return [tag];
  return tag.split(/[,;/-]/).flatMap((part) => {
    const [, digits, suffix = ''] = /^\s*(\d{1,5})\s*(bis|[a-z])?\s*$/i.exec(part) ?? [];
    return digits ? [digits + suffix.toLowerCase()] : [];
  });
}

export type Query = {
  /** The words of a street or place. */
  name: string[];
  /** As `houseNumbers` gives them. */
  number?: string;
};

const ELSEWHERE =
  /^(montevideo|departamento de montevideo|uruguay|uy|\d{5}|\d{5} montevideo|montevideo \d{5})$/;
const INSIDE_THE_HOUSE = /\b(apto|apt|ap|apartamento|piso|of|oficina|unidad|torre|block|local)\b\.?\s*\w+/gi;
/** After the street: `Entre Ríos` is one of its own. */
const CORNER = /\s(esq|esquina|casi|entre)\b.*$/i;
const NUMBER_SIGN = /\b(nro|num|numero|número|n°|nº)\b\.?|#|\bn[°º]\s*/gi;

/**
 * The ways to read what someone typed, best first: a name alone (`25 de Mayo`), a number at the end
 * (`Artigas 1500`), at the start (`1500 Artigas`), each also with the first comma's part only.
 */
export function readings(text: string): Query[] {
  const cleaned = text
    .replace(INSIDE_THE_HOUSE, ' ')
    .replace(NUMBER_SIGN, ' ')
    .split(',')
    .map((part) => part.replace(CORNER, '').trim());
  const parts = cleaned.filter((part) => part && !ELSEWHERE.test(words(part).join(' ')));
  const all = parts.join(' ').replace(/\b(montevideo|uruguay)\s*$/gi, '');
  const start = /^\d/.test(parts[1] ?? '') ? `${parts[0]} ${parts[1]}` : (parts[0] ?? '');
  return [...new Set([all, start])].flatMap((one) => readOne(words(one)));
}

function readOne(all: string[]): Query[] {
  if (all.length === 0) return [];
  const found: Query[] = [{ name: all }];
  const bis = /^(bis|[a-z])$/.test(all.at(-1) ?? '') && /^\d{1,5}$/.test(all.at(-2) ?? '');
  const tail = bis ? all.slice(0, -2).concat(`${all.at(-2)}${all.at(-1)}`) : all;
  const last = tail.at(-1) ?? '';
  if (tail.length > 1 && /^\d{1,5}(bis|[a-z])?$/.test(last)) {
    found.push({ name: tail.slice(0, -1), number: last });
  }
  const first = all[0] ?? '';
  if (all.length > 1 && /^\d{1,5}[a-z]?$/.test(first)) found.push({ name: all.slice(1), number: first });
  return found;
}
