import type { DriveWords } from './en.ts';

const many = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

export const es: DriveWords = {
  tabs: {
    label: 'Partes de la app',
    stop: 'Ahora',
    list: 'Paradas',
    earnings: 'Ganancias',
    more: 'Más',
  },

  strip: {
    label: 'Estado del teléfono',
    live: 'Conectado',
    connecting: 'Conectando',
    offline: 'Sin red',
    waiting: (n) => `${n} por enviar`,
    gpsOff: 'GPS apagado',
    gpsAsking: 'GPS…',
    gpsDenied: 'GPS no permitido',
    gpsLost: 'Sin GPS',
    gps: (metres) => `GPS ±${metres} m`,
    battery: 'Batería',
  },

  outside: {
    title: 'No ingresaste',
    text: 'Abre la invitación que te enviaron: entras con un toque. Con una contraseña propia puedes ingresar.',
    logIn: 'Ingresar',
    unsupported:
      'Este navegador no puede usar la app. Prueba con Chrome, Firefox, Safari o Samsung Internet actuales.',
  },

  shift: {
    offTitle: 'Estás fuera de turno',
    offText: 'Comienza tu turno para recibir pedidos. Tu posición se comparte solo mientras dura.',
    start: 'Comenzar turno',
    end: 'Terminar turno',
    endTitle: 'Termina tu turno',
    cash: (currency) => `Efectivo que entregas (${currency})`,
    cashHint: (expected) => `Se espera, por lo que sabemos: ${expected}.`,
    cashWrong: 'Escribe un importe, como 740 o 740,50.',
    note: 'Nota para el encargado',
    optional: 'Puede quedar vacío.',
    inHand: (n) =>
      `Aún llevas ${many(n, 'pedido', 'pedidos')}: entrégalos, devuélvelos o pásalos a otra persona.`,
    since: (time) => `En turno desde las ${time}`,
    confirmEnd: 'Entregar y terminar',
  },

  empty: {
    title: 'Sin paradas por ahora',
    text: 'Un pedido nuevo suena aquí. Deja esta página abierta: el navegador de un teléfono duerme en segundo plano.',
  },

  stop: {
    legs: { pickup: 'Retirar', dropoff: 'Entregar', return: 'Devolver' },
    order: (n) => `Pedido ${n}`,
    contact: 'Contacto',
    instructions: 'Indicaciones',
    items: 'Artículos',
    notes: 'Nota del local',
    ready: (time) => `Listo a las ${time}`,
    promised: (time) => `Prometido antes de las ${time}`,
    window: (range) => `Entre ${range}`,
    collect: (amount) => `Cobrar ${amount} en efectivo`,
    tip: (amount) => `Propina ${amount}`,
    demands: { photo: 'Foto', signature: 'Firma', pin: 'PIN' },
    navigate: 'Navegar',
    call: 'Llamar',
    chat: 'Chat',
    photo: 'Foto o nota',
    unread: (n) => (n === 1 ? '1 nuevo' : `${n} nuevos`),
    attempts: (n) => `Intento ${n}`,
  },

  next: {
    created: 'Dejar',
    assigned: 'Tomar',
    enroute_to_pickup: 'Salir',
    arrived_at_pickup: 'Estoy en el retiro',
    picked_up: 'Ya lo retiré',
    enroute_to_dropoff: 'Intentar de nuevo',
    arrived_at_dropoff: 'Estoy en la puerta',
    delivered: 'Entregado',
    cancelled: 'Cancelado',
    failed: 'No entregado',
    enroute_to_return: 'Llevarlo de vuelta',
    returned: 'Devuelto al local',
  },
  other: {
    decline: 'No puedo tomarlo',
    fail: 'No pude entregar',
    handOver: 'Entregar…',
    tryAgain: 'Intentar de nuevo',
  },

  slide: {
    hint: (what) => `Desliza: ${what}`,
    armed: (what) => `Pulsa otra vez: ${what}`,
    how: 'Desliza a la derecha, o pulsa dos veces.',
  },

  ring: {
    title: (n) => many(n, 'pedido nuevo', 'pedidos nuevos'),
    accept: 'Aceptar',
    decline: 'Rechazar…',
    from: 'Desde',
    to: 'Hasta',
    distance: (text) => `${text} entre las paradas`,
    notAnswered: 'Suena hasta que respondas.',
  },
  decline: {
    title: '¿Por qué no puedes tomarlo?',
    reasons: {
      accident: 'Accidente o avería',
      not_ready: 'El local no lo tiene listo',
      other: 'Otro motivo',
    },
    note: 'Con tus palabras',
    noteNeeded: 'Di en pocas palabras por qué.',
    confirm: 'Dejar el pedido',
  },
  fail: {
    title: '¿Por qué no pudiste entregarlo?',
    note: 'Más detalles',
    noteNeeded: 'Di en pocas palabras por qué.',
    choose: 'Elige un motivo.',
    photo: 'Foto del lugar',
    after: 'Después puedes intentar de nuevo o devolverlo.',
  },
  handOver: {
    title: (n) => `Entregar el pedido ${n}`,
    photo: 'Foto',
    takePhoto: 'Tomar una foto',
    photoTaken: (n) => many(n, 'foto', 'fotos'),
    removePhoto: 'Quitar la foto',
    photoBroken: 'No se puede leer esta imagen. Toma otra.',
    signHere: 'Firma aquí con el dedo',
    clear: 'Borrar',
    signedBy: 'Nombre de quien firma o recibe',
    pin: 'PIN del cliente',
    pinHint: 'Cuatro cifras que el cliente conoce.',
    pinOffline: 'Sin red se comprueba más tarde: escríbelo con cuidado.',
    cash: (currency) => `Efectivo cobrado (${currency})`,
    needed: 'Hace falta para esta entrega.',
    pinNeeded: 'De cuatro a seis cifras.',
    cannotSign: '¿No puede firmar con el dedo? Pide una foto o llama al local.',
  },
  undo: {
    done: (what, n) => `Pedido ${n}: ${what}.`,
    button: 'Deshacer',
  },

  list: {
    title: 'Tus paradas',
    up: (n) => `Pedido ${n} antes`,
    down: (n) => `Pedido ${n} después`,
    now: 'Ahora',
    hint: 'Hacia donde ya vas queda primero.',
    to: (address) => `luego a ${address}`,
  },

  navigate: {
    title: 'Navegar con',
    google: 'Google Maps',
    apple: 'Apple Maps',
    waze: 'Waze',
    geo: 'Otra app',
    noLocation: 'Esta dirección no tiene un punto en el mapa: la app busca por el texto.',
  },

  chat: {
    title: (n) => `Chat del pedido ${n}`,
    from: { customer: 'Cliente', driver: 'Tú', manager: 'Local' },
    message: 'Mensaje',
    send: 'Enviar',
    waiting: 'por enviar',
    empty: 'El cliente y el local leen lo que escribas aquí.',
    notLoaded: 'Los mensajes anteriores no se pueden cargar ahora.',
    quick: ['Voy en camino', 'Estoy en la puerta', 'Baja, por favor', 'No encuentro la dirección'],
    said: (who, text) => `${who}: ${text}`,
  },

  earnings: {
    today: 'Hoy',
    deliveries: 'Entregas',
    tips: 'Propinas',
    cash: 'Efectivo cobrado',
    shifts: 'Turnos',
    history: 'Últimas entregas',
    none: 'Nada todavía',
    noneText: 'Lo que entregues aparece aquí.',
    cashDifference: (amount) => `diferencia ${amount}`,
    openShift: 'abierto',
    stale: 'Cargado antes: no hay red.',
  },

  more: {
    tracker: 'Posición con la pantalla apagada',
    trackerText:
      'Un navegador solo puede seguir tu posición con esta página abierta y la pantalla encendida; la app la mantiene encendida para eso. Para que te sigan con el teléfono en el bolsillo, instala un rastreador gratuito y escanea un código.',
    trackerButton: 'Configurar un rastreador',
    trackerOnce:
      'El código lleva una clave que se muestra solo esta vez. Escanéalo con el teléfono, o ábrelo en este.',
    trackerOpen: (app) => `Abrir en ${app}`,
    trackerCopy: 'A mano',
    trackerQr: (app) => `Código QR para ${app}`,
    trackerAgain: 'Listo',
    push: 'Sonar con la app cerrada',
    pushText: 'Un aviso por pedidos nuevos, cambios y mensajes.',
    pushOn: 'Activar',
    pushOff: 'Desactivar',
    pushDenied: 'Este navegador no permite avisos de esta página. Permítelos en su configuración.',
    pushNone: 'Este DropMate no envía avisos a navegadores.',
    pushInstall: 'En un iPhone: agrega antes esta página a la pantalla de inicio.',
    theme: 'Colores',
    themes: { auto: 'Oscuro después del atardecer', light: 'Claro', dark: 'Oscuro' },
    language: 'Idioma',
    signedIn: (name) => `Ingresaste como ${name}`,
    logOut: 'Salir',
    logOutWaiting: (n) =>
      `${many(n, 'acción espera', 'acciones esperan')} su envío. Quedan en este teléfono hasta que ingreses de nuevo.`,
    sendNow: 'Enviar ahora',
    wakeLockOff:
      'Este navegador no puede mantener la pantalla encendida: configura un tiempo de espera largo.',
  },

  notices: {
    title: 'Lee esto',
    late: (what, n) =>
      `Pedido ${n}: tu “${what}” llegó cuando el local ya había cambiado el pedido. Quedó guardado y el local decide.`,
    refused: (what, n) => `Pedido ${n}: “${what}” no se aceptó.`,
    refusedOther: 'Algo no se aceptó.',
    message: 'mensaje',
    file: 'imagen',
    missing: (what) => `Falta: ${what}. Hazlo otra vez.`,
    pinWrong: (left) =>
      left > 0
        ? `El PIN no era correcto. Puedes probar ${left} veces más.`
        : 'El PIN falló demasiadas veces. Llama al local.',
    gone: 'El pedido ya no es tuyo.',
    changed: 'El pedido había cambiado mientras tanto. Así está ahora.',
    dismiss: 'Entendido',
  },

  problems: { loading: 'Cargando tus paradas…' },
};
