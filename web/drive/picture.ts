import type { KeptFile } from './outbox/item.ts';

/** Enough to read a house number; a fifth of a second on a slow network. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/**
 * A photo as it is sent: at most 1600 pixels, JPEG, about 300 kB, upright, and without what the camera wrote into it (the
 * canvas keeps no EXIF, so no second location leaves the phone). Throws when the browser cannot read the file.
 */
export async function shrinkPhoto(file: Blob): Promise<KeptFile> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures.');
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return keptFrom(canvas, 'image/jpeg');
}

/** What was drawn, as a file. */
export async function keptFrom(
  canvas: HTMLCanvasElement,
  type: 'image/jpeg' | 'image/png',
): Promise<KeptFile> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY));
  if (blob === null) throw new Error('The picture could not be written.');
  return { bytes: await blob.arrayBuffer(), type: blob.type };
}
