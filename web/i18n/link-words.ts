import type { Language } from './locale.ts';

type LinkWords = { title: string; sentence: string; advice: string };

/** What the page of a link that opens nothing says. Only the server says it, so no browser loads it. */
export const LINK_WORDS: Record<Language, Record<'unknown' | 'expired', LinkWords>> = {
  en: {
    unknown: {
      title: 'We cannot find this delivery',
      sentence: 'The link may be incomplete: some messages cut long links in two.',
      advice: 'Open it again from the message you received, or ask the shop for a new one.',
    },
    expired: {
      title: 'This link has expired',
      sentence: 'The delivery ended some days ago, so its page has been closed to protect your privacy.',
      advice: 'If you still need something, the shop can help you.',
    },
  },
  es: {
    unknown: {
      title: 'No encontramos esta entrega',
      sentence: 'El enlace puede estar incompleto: algunos mensajes cortan los enlaces largos.',
      advice: 'Ábrelo de nuevo desde el mensaje que recibiste, o pide uno nuevo al local.',
    },
    expired: {
      title: 'Este enlace venció',
      sentence: 'La entrega terminó hace unos días y su página se cerró para proteger tu privacidad.',
      advice: 'Si todavía necesitas algo, el local puede ayudarte.',
    },
  },
};
