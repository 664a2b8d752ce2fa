import type { Dictionary } from '../i18n/dictionary.ts';

export type HomeWords = {
  description: string;
  headline: string;
  lead: string;
  parts: { title: string; text: string }[];
  api: string;
  license: string;
  language: string;
  needsScript: string;
  account: string;
  logIn: string;
  signUp: string;
  forgot: string;
  shop: string;
  shopHint: string;
  email: string;
  password: string;
  newPassword: string;
  passwordHint: string;
  showPassword: string;
  sendLink: string;
  linkSent: string;
  linkSentText: (email: string) => string;
  wrongLogIn: string;
  emailTaken: string;
  signUpClosed: string;
  passwordTooShort: string;
  notAnEmail: string;
  missing: string;
  signedInAs: (name: string) => string;
  openDispatch: string;
  openDrive: string;
  invited: string;
  invitedText: string;
  passwordForManagers: string;
  passwordOptional: string;
  accept: string;
  inviteGone: string;
  inviteGoneText: string;
  reset: string;
  resetText: string;
  savePassword: string;
  resetGone: string;
  resetGoneText: string;
  backToStart: string;
};

/** What the first page says, and nothing that is not there. */
export const HOME_WORDS: Dictionary<HomeWords> = {
  en: {
    description: 'Run your own deliveries: orders, drivers and live tracking on your own server.',
    headline: 'Run your own deliveries',
    lead: 'DropMate takes your orders, follows your drivers and tells your customers when to be at the door. It runs on your server, and the data stays yours.',
    parts: [
      {
        title: 'Dispatch on one screen',
        text: 'Orders come from your shop’s software over a small HTTP API, or are typed in. A map, the drivers and what is late stand side by side.',
      },
      {
        title: 'Drivers use the phone they have',
        text: 'The driver app opens from a link and works without network. Or a free tracker (Traccar Client, OwnTracks, Overland) sends the position with the screen off.',
      },
      {
        title: 'Customers get a link',
        text: 'A page with the arrival time and a live map: no app, no login. The driver is shown only while on the way to that door.',
      },
    ],
    api: 'API reference',
    license: 'Open source under Apache-2.0.',
    language: 'Language',
    needsScript: 'Logging in needs JavaScript.',
    account: 'Your account',
    logIn: 'Log in',
    signUp: 'Sign up',
    forgot: 'Forgot your password?',
    shop: 'Name of your shop',
    shopHint: 'As your customers know it.',
    email: 'Email',
    password: 'Password',
    newPassword: 'New password',
    passwordHint: 'At least 8 characters. A few words in a row are good.',
    showPassword: 'Show the password',
    sendLink: 'Send me a link',
    linkSent: 'Look into your mail',
    linkSentText: (email) =>
      `If ${email} has an account, a link to choose a new password is on its way. It is good for half an hour.`,
    wrongLogIn: 'The email or the password is not right.',
    emailTaken: 'There is an account with this email already: log in instead.',
    signUpClosed: 'This DropMate takes no new businesses. Ask who runs it for an invitation.',
    passwordTooShort: 'Use at least 8 characters.',
    notAnEmail: 'This is not an email address.',
    missing: 'Fill this in.',
    signedInAs: (name) => `You are logged in as ${name}.`,
    openDispatch: 'Open dispatch',
    openDrive: 'Open the driver app',
    invited: 'You are invited',
    invitedText: 'Drivers come in with one tap. Colleagues in dispatch choose a password first.',
    passwordForManagers: 'Colleagues in dispatch need a password. Choose one here.',
    passwordOptional: 'Drivers may leave it empty; with one you can log in again by email.',
    accept: 'Accept the invitation',
    inviteGone: 'This invitation is no longer good',
    inviteGoneText: 'It was used, has expired, or a newer one was sent. Ask whoever invited you for another.',
    reset: 'Choose a new password',
    resetText: 'You are then logged in here, and logged out everywhere else.',
    savePassword: 'Save and log in',
    resetGone: 'This link is no longer good',
    resetGoneText: 'It was used, or is older than half an hour. Ask for a new one.',
    backToStart: 'To the first page',
  },
  es: {
    description: 'Tus propias entregas: pedidos, repartidores y seguimiento en vivo en tu servidor.',
    headline: 'Tus entregas, en tus manos',
    lead: 'DropMate toma tus pedidos, sigue a tus repartidores y avisa a tus clientes cuándo estar en la puerta. Funciona en tu servidor y los datos son tuyos.',
    parts: [
      {
        title: 'Todo el despacho en una pantalla',
        text: 'Los pedidos llegan del sistema de tu local por una API HTTP pequeña, o se escriben a mano. El mapa, los repartidores y lo que va tarde, lado a lado.',
      },
      {
        title: 'Los repartidores usan su teléfono',
        text: 'La aplicación se abre con un enlace y funciona sin red. O un rastreador gratuito (Traccar Client, OwnTracks, Overland) envía la posición con la pantalla apagada.',
      },
      {
        title: 'Los clientes reciben un enlace',
        text: 'Una página con la hora de llegada y un mapa en vivo: sin aplicación ni registro. El repartidor se ve solo mientras va hacia esa puerta.',
      },
    ],
    api: 'Referencia de la API',
    license: 'Código abierto bajo Apache-2.0.',
    language: 'Idioma',
    needsScript: 'Para ingresar hace falta JavaScript.',
    account: 'Tu cuenta',
    logIn: 'Ingresar',
    signUp: 'Registrarse',
    forgot: '¿Olvidaste tu contraseña?',
    shop: 'Nombre de tu local',
    shopHint: 'Como lo conocen tus clientes.',
    email: 'Correo',
    password: 'Contraseña',
    newPassword: 'Nueva contraseña',
    passwordHint: 'Al menos 8 caracteres. Varias palabras seguidas sirven bien.',
    showPassword: 'Mostrar la contraseña',
    sendLink: 'Enviarme un enlace',
    linkSent: 'Revisa tu correo',
    linkSentText: (email) =>
      `Si ${email} tiene una cuenta, ya va un enlace para elegir una nueva contraseña. Sirve por media hora.`,
    wrongLogIn: 'El correo o la contraseña no son correctos.',
    emailTaken: 'Ya hay una cuenta con este correo: ingresa con ella.',
    signUpClosed: 'Este DropMate no admite locales nuevos. Pide una invitación a quien lo administra.',
    passwordTooShort: 'Usa al menos 8 caracteres.',
    notAnEmail: 'Esto no es una dirección de correo.',
    missing: 'Completa este campo.',
    signedInAs: (name) => `Ingresaste como ${name}.`,
    openDispatch: 'Abrir el despacho',
    openDrive: 'Abrir la app de reparto',
    invited: 'Tienes una invitación',
    invitedText:
      'Los repartidores entran con un toque. Quien trabaja en el despacho elige antes una contraseña.',
    passwordForManagers: 'Para el despacho hace falta una contraseña. Elígela aquí.',
    passwordOptional:
      'Los repartidores pueden dejarla vacía; con ella se puede volver a ingresar por correo.',
    accept: 'Aceptar la invitación',
    inviteGone: 'Esta invitación ya no sirve',
    inviteGoneText: 'Ya se usó, venció o se envió una más nueva. Pide otra a quien te invitó.',
    reset: 'Elige una nueva contraseña',
    resetText: 'Quedarás dentro aquí, y fuera en todos los demás lugares.',
    savePassword: 'Guardar e ingresar',
    resetGone: 'Este enlace ya no sirve',
    resetGoneText: 'Ya se usó o tiene más de media hora. Pide uno nuevo.',
    backToStart: 'A la primera página',
  },
};
