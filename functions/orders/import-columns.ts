/** How a cell is read. */
export type CellKind = 'text' | 'number' | 'amount' | 'time' | 'items' | 'proof' | 'currency';
export type ImportColumn = { path: string; kind: CellKind; aliases: readonly string[] };

const column = (path: string, kind: CellKind, ...aliases: string[]): ImportColumn => ({
  path,
  kind,
  aliases,
});

/**
 * The columns that orders are imported from, by name: where of a NewOrder each goes, and what else it may be called, in
 * English and Spanish. The export calls them by the same names. docs/api.md shows them.
 */
export const IMPORT_COLUMNS: Record<string, ImportColumn> = {
  external_id: column('externalId', 'text', 'order_id', 'reference', 'id_externo', 'pedido', 'referencia'),
  dropoff_address: column(
    'dropoff.address',
    'text',
    'address',
    'direccion',
    'direccion_entrega',
    'domicilio',
  ),
  dropoff_lat: column('dropoff.location.lat', 'number', 'lat', 'latitude', 'latitud'),
  dropoff_lng: column('dropoff.location.lng', 'number', 'lng', 'lon', 'longitude', 'longitud'),
  dropoff_name: column('dropoff.contact.name', 'text', 'name', 'customer', 'nombre', 'cliente'),
  dropoff_phone: column('dropoff.contact.phone', 'text', 'phone', 'mobile', 'telefono', 'celular'),
  dropoff_email: column('dropoff.contact.email', 'text', 'email', 'correo'),
  dropoff_instructions: column(
    'dropoff.instructions',
    'text',
    'instructions',
    'indicaciones',
    'instrucciones',
  ),
  window_from: column('dropoff.window.from', 'time', 'dropoff_window_from', 'from', 'desde'),
  window_to: column('dropoff.window.to', 'time', 'dropoff_window_to', 'to', 'hasta'),
  pickup_address: column('pickup.address', 'text', 'direccion_retiro'),
  pickup_lat: column('pickup.location.lat', 'number', 'latitud_retiro'),
  pickup_lng: column('pickup.location.lng', 'number', 'longitud_retiro'),
  pickup_name: column('pickup.contact.name', 'text', 'nombre_retiro'),
  pickup_phone: column('pickup.contact.phone', 'text', 'telefono_retiro'),
  pickup_email: column('pickup.contact.email', 'text', 'correo_retiro'),
  pickup_instructions: column('pickup.instructions', 'text', 'indicaciones_retiro'),
  pickup_window_from: column('pickup.window.from', 'time', 'retiro_desde'),
  pickup_window_to: column('pickup.window.to', 'time', 'retiro_hasta'),
  ready_at: column('readyAt', 'time', 'ready', 'listo', 'hora_listo'),
  items: column('items', 'items', 'products', 'articulos', 'productos'),
  currency: column('', 'currency', 'moneda'),
  total: column('total', 'amount', 'amount', 'importe', 'monto'),
  tip: column('tip', 'amount', 'propina'),
  cash_on_delivery: column('cashOnDelivery', 'amount', 'cash', 'cod', 'efectivo', 'contra_entrega'),
  notes: column('notes', 'text', 'notas', 'observaciones'),
  proof: column('proof', 'proof', 'prueba', 'comprobante'),
};

/** What the export tells besides; an import passes over it. */
export const EXPORTED_ONLY = [
  'number',
  'id',
  'status',
  'created_at',
  'promised_at',
  'picked_up_at',
  'delivered_at',
  'driver_id',
  'driver',
  'fee',
  'cash_collected',
  'distance_m',
  'attempts',
  'reason_code',
  'reason',
  'sandbox',
] as const;

/** A column of the file at hand: `title` is what its header says, `name` the key of IMPORT_COLUMNS. */
export type FileColumn = { title: string; name: string | undefined };
export type HeaderError = { column: string | null; message: string };

const NEEDED = ['dropoff_address', 'dropoff_name'];
const ignored: ReadonlySet<string> = new Set(EXPORTED_ONLY);
const names = new Map(
  Object.entries(IMPORT_COLUMNS).flatMap(([name, { aliases }]) =>
    [name, ...aliases].map((alias) => [alias, name] as const),
  ),
);

/** The columns of a file by its header, and what is wrong with it. With `ignoreUnknown` others may stand among them. */
export function columnsOf(header: readonly string[], ignoreUnknown: boolean) {
  const errors: HeaderError[] = [];
  const taken = new Map<string, string>();
  const columns = header.map((cell): FileColumn => {
    const title = cell.trim();
    const plain = plainName(title);
    const name = names.get(plain);
    if (name === undefined) {
      if (plain !== '' && !ignored.has(plain) && !ignoreUnknown) {
        errors.push({ column: title, message: 'is not a column that is known here' });
      }
      return { title, name };
    }
    const other = taken.get(name);
    if (other !== undefined)
      errors.push({ column: title, message: `means the same as the column "${other}"` });
    taken.set(name, title);
    return { title, name };
  });
  for (const name of NEEDED) {
    if (!taken.has(name)) errors.push({ column: name, message: 'is a column that is needed' });
  }
  return { columns, errors };
}

/** `Dirección Entrega` is `direccion_entrega`. */
const plainName = (title: string): string =>
  title
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s\-.]+/g, '_');
