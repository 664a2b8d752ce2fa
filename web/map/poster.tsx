import type { JSX } from 'preact';
import type { Location } from '../../domain/geo.ts';
import { DROPOFF_PIN, driverPin, PICKUP_PIN } from './pins.ts';
import { type MapView, project } from './projection.ts';
import { posterTiles, type Tiles } from './tiles.ts';

/** What the map shows. */
export type Places = {
  pickup: Location | null;
  dropoff: Location | null;
  driver: (Location & { heading: number | null }) | null;
};

/**
 * A still picture of the map, there before any script and staying without it. Everything is placed by SVG attributes,
 * from the middle: the page's policy allows no style attributes, and the middle is the same on every screen.
 */
export function Poster({
  tiles,
  view,
  places,
}: {
  tiles: Tiles;
  view: MapView;
  places: Places;
}): JSX.Element {
  const middle = project(view.center, view.zoom);
  const pin = (at: Location, svg: string): JSX.Element => {
    const { x, y } = project(at, view.zoom);
    const shift = `translate(${Math.round(x - middle.x)} ${Math.round(y - middle.y)})`;
    // The text is one of this folder's own constants.
    return <g transform={shift} dangerouslySetInnerHTML={{ __html: svg }} />;
  };
  return (
    <svg class="poster" aria-hidden="true" width="100%" height="100%">
      <svg aria-hidden="true" x="50%" y="50%" overflow="visible">
        <g class="tiles">
          {/* A pixel more than its place, or seams show on screens with a fractional pixel ratio. */}
          {posterTiles(tiles, view).map((tile) => (
            <image key={tile.href} href={tile.href} x={tile.x} y={tile.y} width="257" height="257" />
          ))}
        </g>
        {places.pickup && pin(places.pickup, PICKUP_PIN)}
        {places.dropoff && pin(places.dropoff, DROPOFF_PIN)}
        {places.driver && pin(places.driver, driverPin(places.driver.heading))}
      </svg>
    </svg>
  );
}
