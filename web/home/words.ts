import type { Language } from '../i18n/locale.ts';

type HomeWords = {
  description: string;
  headline: string;
  lead: string;
  parts: { title: string; text: string }[];
  try: string;
  steps: { signUp: string; order: string; open: string };
  api: string;
  license: string;
  language: string;
};

/** What the first page says, and nothing that is not there yet. */
export const HOME_WORDS: Record<Language, HomeWords> = {
  en: {
    description: 'Run your own deliveries: orders, drivers and live tracking on your own server.',
    headline: 'Run your own deliveries',
    lead: 'DropMate takes your orders, follows your drivers and tells your customers when to be at the door. It runs on your server, and the data stays yours.',
    parts: [
      {
        title: 'An order is one request',
        text: 'Your shop’s software creates an order over a small HTTP API, assigns a driver and follows its every step.',
      },
      {
        title: 'Drivers use the phone they have',
        text: 'Free trackers (Traccar Client, OwnTracks, GPSLogger, Overland) send their position, also with the screen off.',
      },
      {
        title: 'Customers get a link',
        text: 'A page with the arrival time and a live map: no app, no login. The driver is shown only while on the way to that door.',
      },
    ],
    try: 'Try it',
    steps: {
      signUp: 'Create your shop. The answer holds an accessToken.',
      order: 'Create an order with that token.',
      open: 'Open the trackingUrl of the answer: that is what your customer sees.',
    },
    api: 'The API, as OpenAPI',
    license: 'Open source under Apache-2.0.',
    language: 'Language',
  },
  es: {
    description: 'Tus propias entregas: pedidos, repartidores y seguimiento en vivo en tu servidor.',
    headline: 'Tus entregas, en tus manos',
    lead: 'DropMate toma tus pedidos, sigue a tus repartidores y avisa a tus clientes cuándo estar en la puerta. Funciona en tu servidor y los datos son tuyos.',
    parts: [
      {
        title: 'Un pedido es una solicitud',
        text: 'El sistema de tu local crea el pedido con una API HTTP pequeña, le asigna un repartidor y sigue cada paso.',
      },
      {
        title: 'Los repartidores usan su teléfono',
        text: 'Aplicaciones gratuitas (Traccar Client, OwnTracks, GPSLogger, Overland) envían su posición, también con la pantalla apagada.',
      },
      {
        title: 'Los clientes reciben un enlace',
        text: 'Una página con la hora de llegada y un mapa en vivo: sin aplicación ni registro. El repartidor se ve solo mientras va hacia esa puerta.',
      },
    ],
    try: 'Pruébalo',
    steps: {
      signUp: 'Crea tu local. La respuesta trae un accessToken.',
      order: 'Crea un pedido con ese token.',
      open: 'Abre el trackingUrl de la respuesta: es lo que ve tu cliente.',
    },
    api: 'La API, en OpenAPI',
    license: 'Código abierto bajo Apache-2.0.',
    language: 'Idioma',
  },
};
