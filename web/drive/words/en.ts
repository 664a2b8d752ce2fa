const many = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

export const en = {
  tabs: { label: 'Parts of the app', stop: 'Now', list: 'Stops', earnings: 'Earnings', more: 'More' },

  strip: {
    label: 'State of the phone',
    live: 'Connected',
    connecting: 'Connecting',
    offline: 'No network',
    waiting: (n: number) => `${n} waiting to be sent`,
    gpsOff: 'GPS off',
    gpsAsking: 'GPS…',
    gpsDenied: 'GPS not allowed',
    gpsLost: 'No GPS',
    gps: (metres: number) => `GPS ±${metres} m`,
    battery: 'Battery',
  },

  outside: {
    title: 'You are not logged in',
    text: 'Open the invitation that you were sent: it brings you in with one tap. With a password of your own you can log in.',
    logIn: 'Log in',
    unsupported:
      'This browser cannot run the app. Use a current Chrome, Firefox, Safari or Samsung Internet.',
  },

  shift: {
    offTitle: 'You are off duty',
    offText: 'Start your shift to get orders. Your position is shared only while it lasts.',
    start: 'Start shift',
    end: 'End shift',
    endTitle: 'End your shift',
    cash: (currency: string) => `Cash that you hand over (${currency})`,
    cashHint: (expected: string) => `Expected of what we know: ${expected}.`,
    cashWrong: 'Write an amount, as 740 or 740.50.',
    note: 'Note for the manager',
    optional: 'May be left empty.',
    inHand: (n: number) =>
      `You still have ${many(n, 'order', 'orders')} in hand: deliver, take back or hand over first.`,
    since: (time: string) => `On duty since ${time}`,
    confirmEnd: 'Hand over and end',
  },

  empty: {
    title: 'No stops now',
    text: 'A new order rings here. Keep this page open: a phone’s browser sleeps in the background.',
  },

  stop: {
    legs: { pickup: 'Pick up', dropoff: 'Deliver', return: 'Take back' },
    order: (n: number) => `Order ${n}`,
    contact: 'Contact',
    instructions: 'Instructions',
    items: 'Items',
    notes: 'Note of the shop',
    ready: (time: string) => `Ready at ${time}`,
    promised: (time: string) => `Promised by ${time}`,
    window: (range: string) => `Between ${range}`,
    collect: (amount: string) => `Collect ${amount} in cash`,
    tip: (amount: string) => `Tip ${amount}`,
    demands: { photo: 'Photo', signature: 'Signature', pin: 'PIN' },
    navigate: 'Navigate',
    call: 'Call',
    chat: 'Chat',
    photo: 'Photo or note',
    unread: (n: number) => `${n} new`,
    attempts: (n: number) => `Attempt ${n}`,
  },

  next: {
    created: 'Give back',
    assigned: 'Take',
    enroute_to_pickup: 'Set off',
    arrived_at_pickup: 'I am at the pickup',
    picked_up: 'I have picked it up',
    enroute_to_dropoff: 'Try again',
    arrived_at_dropoff: 'I am at the door',
    delivered: 'Delivered',
    cancelled: 'Cancelled',
    failed: 'Not delivered',
    enroute_to_return: 'Take it back',
    returned: 'Returned to the shop',
  },
  other: {
    decline: 'I cannot take it',
    fail: 'Could not deliver',
    handOver: 'Hand over…',
    tryAgain: 'Try again',
  },

  slide: {
    hint: (what: string) => `Slide: ${what}`,
    armed: (what: string) => `Press again: ${what}`,
    how: 'Slide to the right, or press twice.',
  },

  ring: {
    title: (n: number) => many(n, 'new order', 'new orders'),
    accept: 'Accept',
    decline: 'Decline…',
    from: 'From',
    to: 'To',
    distance: (text: string) => `${text} between the stops`,
    notAnswered: 'It rings until you answer.',
  },
  decline: {
    title: 'Why can you not take it?',
    reasons: {
      accident: 'Accident or breakdown',
      not_ready: 'The shop is not ready',
      other: 'Something else',
    },
    note: 'In your words',
    noteNeeded: 'Say in a few words why.',
    confirm: 'Give the order back',
  },
  fail: {
    title: 'Why could you not deliver it?',
    note: 'More about it',
    noteNeeded: 'Say in a few words why.',
    choose: 'Choose a reason.',
    photo: 'Photo of the place',
    after: 'You can try again or take it back afterwards.',
  },
  handOver: {
    title: (n: number) => `Hand over order ${n}`,
    photo: 'Photo',
    takePhoto: 'Take a photo',
    photoTaken: (n: number) => many(n, 'photo', 'photos'),
    removePhoto: 'Remove the photo',
    photoBroken: 'This picture cannot be read. Take another.',
    signHere: 'Sign here with a finger',
    clear: 'Clear',
    signedBy: 'Name of who signs or takes it',
    pin: 'PIN of the customer',
    pinHint: 'Four digits that the customer was told.',
    pinOffline: 'Without network it is checked later: write it down with care.',
    cash: (currency: string) => `Cash taken (${currency})`,
    needed: 'Needed for this delivery.',
    pinNeeded: 'Four to six digits.',
    cannotSign: 'Cannot sign with a finger? Ask for a photo instead, or call the shop.',
  },
  undo: {
    done: (what: string, n: number) => `Order ${n}: ${what}.`,
    button: 'Undo',
  },

  list: {
    title: 'Your stops',
    up: (n: number) => `Order ${n} earlier`,
    down: (n: number) => `Order ${n} later`,
    now: 'Now',
    hint: 'What you are on the way to stays first.',
    to: (address: string) => `then to ${address}`,
  },

  navigate: {
    title: 'Navigate with',
    google: 'Google Maps',
    apple: 'Apple Maps',
    waze: 'Waze',
    geo: 'Another app',
    noLocation: 'This address has no point on the map: the app searches by its text.',
  },

  chat: {
    title: (n: number) => `Chat of order ${n}`,
    from: { customer: 'Customer', driver: 'You', manager: 'Shop' },
    message: 'Message',
    send: 'Send',
    waiting: 'waiting',
    empty: 'Customer and shop read what you write here.',
    notLoaded: 'Older messages cannot be loaded just now.',
    quick: ['I am on my way', 'I am at the door', 'Please come down', 'I cannot find the address'],
    said: (who: string, text: string) => `${who}: ${text}`,
  },

  earnings: {
    today: 'Today',
    deliveries: 'Deliveries',
    tips: 'Tips',
    cash: 'Cash taken',
    shifts: 'Shifts',
    history: 'Last deliveries',
    none: 'Nothing yet',
    noneText: 'What you deliver is listed here.',
    cashDifference: (amount: string) => `difference ${amount}`,
    openShift: 'open',
    stale: 'Loaded earlier: there is no network.',
  },

  more: {
    tracker: 'Position with the screen off',
    trackerText:
      'A browser may only watch your position while this page is open and the screen is on; the app keeps the screen awake for that. To be followed with the phone in your pocket, install a free tracker and scan one code.',
    trackerButton: 'Set up a tracker',
    trackerOnce:
      'The code holds a key that is shown this once. Scan it with the phone, or open it on this one.',
    trackerOpen: (app: string) => `Open in ${app}`,
    trackerCopy: 'By hand',
    trackerQr: (app: string) => `QR code for ${app}`,
    trackerAgain: 'Done',
    push: 'Ring when the app is closed',
    pushText: 'A notification for new orders, changes and messages.',
    pushOn: 'Turn on',
    pushOff: 'Turn off',
    pushDenied: 'This browser does not allow notifications for this page. Allow them in its settings.',
    pushNone: 'This DropMate sends no notifications to browsers.',
    pushInstall: 'On an iPhone: add this page to the home screen first.',
    theme: 'Colours',
    themes: { auto: 'Dark after sunset', light: 'Light', dark: 'Dark' },
    language: 'Language',
    signedIn: (name: string) => `Logged in as ${name}`,
    logOut: 'Log out',
    logOutWaiting: (n: number) =>
      `${many(n, 'action waits', 'actions wait')} to be sent. They stay on this phone until you log in again.`,
    sendNow: 'Send now',
    wakeLockOff: 'This browser cannot keep the screen on: set a long screen time-out.',
  },

  notices: {
    title: 'Please read',
    late: (what: string, n: number) =>
      `Order ${n}: your “${what}” came after the shop had changed the order. It is kept, and the shop decides.`,
    refused: (what: string, n: number) => `Order ${n}: “${what}” was not taken.`,
    refusedOther: 'Something was not taken.',
    message: 'message',
    file: 'picture',
    missing: (what: string) => `Missing: ${what}. Do it once more.`,
    pinWrong: (left: number) =>
      left > 0
        ? `The PIN was wrong. You can try ${left} more times.`
        : 'The PIN was wrong too often. Call the shop.',
    gone: 'The order is not yours any more.',
    changed: 'The order had changed meanwhile. This is how it is now.',
    dismiss: 'Understood',
  },

  problems: { loading: 'Loading your stops…' },
};

export type DriveWords = typeof en;
