import {
  audienceOf,
  type Channel,
  type Language,
  type NotificationEvent,
  type Wording,
} from './notifications.ts';

/** An event's own words, unless the merchant has others. */
type Standard = Record<Language, { subject: string; body: string }>;

const STANDARD: Record<NotificationEvent, Standard> = {
  'customer.confirmed': {
    en: {
      subject: 'Your order #{number} from {merchant}',
      body: '{merchant} has your order #{number}. Follow its delivery:',
    },
    es: {
      subject: 'Tu pedido #{number} de {merchant}',
      body: '{merchant} recibió tu pedido #{number}. Sigue la entrega:',
    },
  },
  'customer.on_the_way': {
    en: {
      subject: 'Your order #{number} is on its way',
      body: 'Your order #{number} from {merchant} is on its way. See where it is:',
    },
    es: {
      subject: 'Tu pedido #{number} está en camino',
      body: 'Tu pedido #{number} de {merchant} está en camino. Mira dónde está:',
    },
  },
  'customer.arriving': {
    en: {
      subject: 'Your order #{number} is almost there',
      body: 'Your order #{number} from {merchant} is about to arrive.',
    },
    es: {
      subject: 'Tu pedido #{number} está por llegar',
      body: 'Tu pedido #{number} de {merchant} está por llegar.',
    },
  },
  'customer.delivered': {
    en: {
      subject: 'Your order #{number} was delivered',
      body: 'Your order #{number} from {merchant} was delivered. Tell us how it went:',
    },
    es: {
      subject: 'Tu pedido #{number} fue entregado',
      body: 'Tu pedido #{number} de {merchant} fue entregado. Cuéntanos cómo estuvo:',
    },
  },
  'customer.failed': {
    en: {
      subject: 'Your order #{number} could not be delivered',
      body: 'Your order #{number} from {merchant} could not be delivered. {reason}',
    },
    es: {
      subject: 'No pudimos entregar tu pedido #{number}',
      body: 'Tu pedido #{number} de {merchant} no pudo ser entregado. {reason}',
    },
  },
  'customer.cancelled': {
    en: {
      subject: 'Your order #{number} was cancelled',
      body: 'Your order #{number} from {merchant} was cancelled. {reason}',
    },
    es: {
      subject: 'Tu pedido #{number} fue cancelado',
      body: 'Tu pedido #{number} de {merchant} fue cancelado. {reason}',
    },
  },
  // What was written stays in the chat, which ends earlier than this log.
  'customer.message': {
    en: { subject: 'A message about your order #{number}', body: '{merchant} has written to you.' },
    es: { subject: 'Un mensaje sobre tu pedido #{number}', body: '{merchant} te escribió.' },
  },
  'driver.assigned': {
    en: { subject: 'A new delivery: #{number}', body: 'To {address}.' },
    es: { subject: 'Una entrega nueva: #{number}', body: 'A {address}.' },
  },
  'driver.changed': {
    en: { subject: 'Delivery #{number} has changed', body: 'Look at it before you go on. To {address}.' },
    es: { subject: 'La entrega #{number} cambió', body: 'Mírala antes de seguir. A {address}.' },
  },
  'driver.cancelled': {
    en: {
      subject: 'Delivery #{number} is no longer yours',
      body: 'It was cancelled, or someone else brings it.',
    },
    es: {
      subject: 'La entrega #{number} ya no es tuya',
      body: 'Fue cancelada, o la lleva otra persona.',
    },
  },
  'driver.message': {
    en: { subject: 'A message about delivery #{number}', body: 'Open the delivery to read it.' },
    es: { subject: 'Un mensaje sobre la entrega #{number}', body: 'Abre la entrega para leerlo.' },
  },
  'manager.new_order': {
    en: { subject: 'New order #{number}', body: 'To {address}.' },
    es: { subject: 'Pedido nuevo #{number}', body: 'A {address}.' },
  },
  'manager.late': {
    en: { subject: 'Order #{number} is late', body: 'It was promised for {promised}. To {address}.' },
    es: {
      subject: 'El pedido #{number} está atrasado',
      body: 'Se prometió para las {promised}. A {address}.',
    },
  },
  'manager.failed': {
    en: { subject: 'Order #{number} could not be delivered', body: 'To {address}. {reason}' },
    es: { subject: 'El pedido #{number} no pudo ser entregado', body: 'A {address}. {reason}' },
  },
  'manager.late_report': {
    en: {
      subject: 'A late report about order #{number}',
      body: 'A driver’s phone reported something too late to be taken. Look at it and settle it.',
    },
    es: {
      subject: 'Un aviso tardío sobre el pedido #{number}',
      body: 'El teléfono de un repartidor avisó algo demasiado tarde. Míralo y resuélvelo.',
    },
  },
  'manager.message': {
    en: { subject: 'A message about order #{number}', body: 'Open the order to read it.' },
    es: { subject: 'Un mensaje sobre el pedido #{number}', body: 'Abre el pedido para leerlo.' },
  },
  'manager.password_reset': {
    en: {
      subject: 'Choose a new password',
      body:
        'Somebody asked for a new password for your account at {merchant}. If it was not you, do nothing. The link is ' +
        'good once, for half an hour.',
    },
    es: {
      subject: 'Elige una contraseña nueva',
      body:
        'Alguien pidió una contraseña nueva para tu cuenta en {merchant}. Si no fuiste tú, no hagas nada. El enlace ' +
        'sirve una vez, durante media hora.',
    },
  },
  'manager.test': {
    en: { subject: 'A test from {merchant}', body: 'Messages of {merchant} arrive here.' },
    es: { subject: 'Una prueba de {merchant}', body: 'Los mensajes de {merchant} llegan aquí.' },
  },
};

/** Of an email's button, and of what it opens. */
export const LINK_WORDS: Record<Language, { open: string; unsubscribe: string }> = {
  en: { open: 'Open', unsubscribe: 'No more emails like this' },
  es: { open: 'Abrir', unsubscribe: 'No quiero más correos como este' },
};

/** The words that are sent without the merchant's own. A text message has its link in the text; the others beside it. */
export function standardWording(
  event: NotificationEvent,
  channel: Channel,
  language: Language,
): Required<Wording> {
  const { subject, body } = STANDARD[event][language];
  if (channel !== 'sms') return { subject, body };
  // The one message that a driver or customer gets has to say all of it.
  return {
    subject,
    body: audienceOf(event) === 'customer' ? `${body} {link}` : `${subject}. ${body} {link}`,
  };
}
