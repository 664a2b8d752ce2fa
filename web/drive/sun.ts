const DAY_MS = 86_400_000;
const rad = Math.PI / 180;

/**
 * Whether the sun is down at that place and time, by half a degree for the air's refraction. From the almanac's short
 * formulae for the sun's position ("Astronomical Almanac", low precision, right to about a minute).
 */
export function isNight(at: number, { lat, lng }: { lat: number; lng: number }): boolean {
  const days = at / DAY_MS - 10_957.5; // since noon of 2000-01-01
  const anomaly = (357.529 + 0.98560028 * days) * rad;
  const mean = 280.459 + 0.98564736 * days;
  const longitude = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * rad;
  const tilt = (23.439 - 0.00000036 * days) * rad;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const sidereal = (280.46061837 + 360.98564736629 * days + lng) * rad;
  const hour = sidereal - ascension;
  const height = Math.asin(
    Math.sin(lat * rad) * Math.sin(declination) +
      Math.cos(lat * rad) * Math.cos(declination) * Math.cos(hour),
  );
  return height < -0.83 * rad;
}
