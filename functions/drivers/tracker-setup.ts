import { z } from '@hono/zod-openapi';

const Setting = z.object({ name: z.string(), value: z.string() });

/** How one app is set up: a link to open on the phone (or scan from a QR code), and the same to type by hand. */
export const TrackerSetup = z
  .object({
    app: z.string(),
    link: z
      .string()
      .nullable()
      .openapi({ description: 'To be opened on the phone; null where the app has none.' }),
    url: z.string().openapi({ description: 'Where the app sends to, as it must be entered there.' }),
    settings: z.array(Setting).openapi({ description: 'By the names that the app shows.' }),
  })
  .openapi('TrackerSetup');
export type TrackerSetup = z.infer<typeof TrackerSetup>;

export const TrackerSetups = z
  .object({
    traccarClient: TrackerSetup,
    osmand: TrackerSetup,
    owntracks: TrackerSetup,
    gpslogger: TrackerSetup,
    overland: TrackerSetup,
  })
  .openapi('TrackerSetups');
export type TrackerSetups = z.infer<typeof TrackerSetups>;

type Phone = { publicUrl: string; token: string; deviceName: string };

/** For each app that may be the driver's tracker. Pure; the token is in all of it, so it is shown once. */
export function trackerSetups(phone: Phone): TrackerSetups {
  return {
    traccarClient: traccarClient(phone),
    osmand: osmand(phone),
    owntracks: owntracks(phone),
    gpslogger: gpslogger(phone),
    overland: overland(phone),
  };
}

/** Opened in the app, or scanned by it (traccar/traccar-client, configuration_service.dart): all but the path is settings. */
function traccarClient({ publicUrl, token }: Phone): TrackerSetup {
  const url = `${publicUrl}/v1/ingest/osmand`;
  const link = `${url}?${new URLSearchParams({ id: token, accuracy: 'high', interval: '10', distance: '0' })}`;
  const settings = [
    { name: 'Device identifier', value: token },
    { name: 'Server URL', value: url },
    { name: 'Location accuracy', value: 'High' },
    { name: 'Distance', value: '0' },
    { name: 'Interval', value: '10' },
  ];
  return { app: 'Traccar Client', link, url, settings };
}

/**
 * OsmAnd fills {0} to {6} with lat, lon, time (ms), accuracy (m), altitude, speed (m/s), bearing (osmandapp/OsmAnd,
 * LiveMonitoringHelper.java). Traccar's names for speed and accuracy mean knots and hdop; ours for these are others.
 */
function osmand({ publicUrl, token }: Phone): TrackerSetup {
  const url = `${publicUrl}/v1/ingest/osmand?id=${token}&lat={0}&lon={1}&timestamp={2}&accuracy={3}&altitude={4}&spd={5}&bearing={6}`;
  const settings = [
    { name: 'Online tracking: web address', value: url },
    { name: 'Online tracking interval', value: '10 seconds' },
  ];
  return { app: 'OsmAnd', link: null, url, settings };
}

/** The app's own configuration, in a link (owntracks/booklet, features/remoteconfig.md and tech/json.md; mode 3 is HTTP). */
function owntracks({ publicUrl, token }: Phone): TrackerSetup {
  const url = `${publicUrl}/v1/ingest/owntracks`;
  const configuration = {
    _type: 'configuration',
    mode: 3,
    url,
    auth: true,
    username: USER_NAME,
    password: token,
    deviceId: DEVICE_ID,
    // Move mode: a fix every few seconds rather than at significant changes.
    monitoring: 2,
  };
  const inline = Buffer.from(JSON.stringify(configuration)).toString('base64');
  const link = `owntracks:///config?inline=${encodeURIComponent(inline)}`;
  const settings = [
    { name: 'Mode', value: 'HTTP' },
    { name: 'URL', value: url },
    { name: 'Username', value: USER_NAME },
    { name: 'Password', value: token },
    { name: 'Device ID', value: DEVICE_ID },
    { name: 'Monitoring', value: 'Move' },
  ];
  return { app: 'OwnTracks', link, url, settings };
}

/** Any will do, in ASCII since both become headers: the token alone tells whose phone it is. */
const USER_NAME = 'dropmate';
const DEVICE_ID = 'phone';

/** Its custom URL (mendhak/gpslogger, CustomUrlManager.java); %SPD is m/s, so it is not called `speed` (knots). */
function gpslogger({ publicUrl, token }: Phone): TrackerSetup {
  const url = `${publicUrl}/v1/ingest/osmand?id=${token}&lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&accuracy=%ACC&altitude=%ALT&bearing=%DIR&spd=%SPD&batt=%BATT`;
  const settings = [
    { name: 'Log to custom URL: URL', value: url },
    { name: 'HTTP method', value: 'GET' },
    { name: 'Logging interval', value: '10 seconds' },
  ];
  return { app: 'GPSLogger', link: null, url, settings };
}

/** aaronpk/Overland-iOS, README.md "Configuration". */
function overland({ publicUrl, token, deviceName }: Phone): TrackerSetup {
  const url = `${publicUrl}/v1/ingest/overland`;
  // Not URLSearchParams: it writes a space as a plus, which iOS leaves as it is.
  const query = Object.entries({ url, token, device_id: deviceName })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const settings = [
    { name: 'Receiver Endpoint URL', value: url },
    { name: 'Access Token', value: token },
    { name: 'Device ID', value: deviceName },
  ];
  return { app: 'Overland', link: `overland://setup?${query}`, url, settings };
}
