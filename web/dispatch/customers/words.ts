import { type Dictionary, wordsOf } from '../../i18n/dictionary.ts';

const en = {
  title: 'Customers',
  find: 'Phone or email',
  findHint: 'All of it, in any spelling.',
  search: 'Find',
  all: 'Show all',
  none: 'No customers yet',
  noneText: 'Each order brings its customer.',
  noMatch: 'Nobody has this phone or email.',
  more: 'Show more',
  erased: 'erased',
  orders: 'Orders',
  noOrders: 'No orders.',
  erase: 'Erase',
  eraseTitle: (name: string) => `Erase the data of ${name}?`,
  eraseText:
    'Name, phone, email, addresses, chats and proofs of all their orders are deleted for good. The figures stay.',
  eraseAction: 'Erase for good',
  done: 'The data is erased.',
  table: 'List of customers',
  name: 'Name',
  phone: 'Phone',
  email: 'Email',
  address: 'Address',
  actions: 'Actions',
};
type CustomersWords = typeof en;

const es: CustomersWords = {
  title: 'Clientes',
  find: 'Teléfono o correo',
  findHint: 'Completo, escrito como sea.',
  search: 'Buscar',
  all: 'Mostrar todos',
  none: 'Todavía no hay clientes',
  noneText: 'Cada pedido trae a su cliente.',
  noMatch: 'Nadie tiene ese teléfono o correo.',
  more: 'Ver más',
  erased: 'borrado',
  orders: 'Pedidos',
  noOrders: 'Sin pedidos.',
  erase: 'Borrar',
  eraseTitle: (name) => `¿Borrar los datos de ${name}?`,
  eraseText:
    'Nombre, teléfono, correo, direcciones, chats y pruebas de todos sus pedidos se eliminan para siempre. Las cifras quedan.',
  eraseAction: 'Borrar para siempre',
  done: 'Los datos están borrados.',
  table: 'Lista de clientes',
  name: 'Nombre',
  phone: 'Teléfono',
  email: 'Correo',
  address: 'Dirección',
  actions: 'Acciones',
};

const WORDS: Dictionary<CustomersWords> = { en, es };

export const customersWords = (locale: string): CustomersWords => wordsOf(WORDS, locale);
