// The marks on the map as SVG text, each drawn around its own point (0,0): the still picture and the live map share them.

/** Where the order is going: the tip of the drop is the place. */
export const DROPOFF_PIN = `<g class="pin pin-dropoff"><path class="pin-shape" d="M0 0C-9-12-14-17-14-25a14 14 0 1 1 28 0C14-17 9-12 0 0z"/><circle class="pin-hole" cy="-25" r="5"/></g>`;

/** Where the order comes from. */
export const PICKUP_PIN = `<g class="pin pin-pickup"><circle class="pin-shape" r="12"/><path class="pin-mark" d="M-5.5-2.5h11l-1-3.5h-9zM-4.5-2.5v7.5h9v-7.5"/></g>`;

/** The driver, with a nose that points where they are heading (degrees clockwise from north), if that is known. */
export function driverPin(heading: number | null): string {
  const nose =
    heading === null
      ? ''
      : `<path class="pin-nose" transform="rotate(${Math.round(heading)})" d="M0-29L10-12H-10z"/>`;
  return `<g class="pin pin-driver">${nose}<circle class="pin-halo" r="17"/><circle class="pin-shape" r="14"/><circle class="pin-hole" r="5"/></g>`;
}
