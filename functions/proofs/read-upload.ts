import type { Context } from 'hono';
import { AppError } from '../../domain/errors.ts';
import { ProofType } from '../../domain/proof.ts';
import { type Image, readImage } from './image.ts';

/** The picture of a request: its body, or the first file of its multipart form. Throws as `readImage`, and `unsupported_media_type`. */
export async function readUpload({ req }: Context): Promise<Image> {
  const header = req.header('Content-Type') ?? '';
  const type = header.split(';')[0]?.trim().toLowerCase() ?? '';
  if (ProofType.safeParse(type).success) return readImage(new Uint8Array(await req.arrayBuffer()));
  if (type !== 'multipart/form-data') {
    throw new AppError(
      'unsupported_media_type',
      `Send a picture, as ${ProofType.options.join(', ')} or in a multipart/form-data.`,
    );
  }
  // Read first: a body that is too long, or breaks off, is not a form that is wrong.
  const bytes = await req.arrayBuffer();
  const form = await new Response(bytes, { headers: { 'Content-Type': header } }).formData().catch(() => {
    throw noFile('is not in a form that can be read');
  });
  const file = [...form.values()].find((value) => value instanceof File);
  if (file === undefined) throw noFile('is missing');
  return readImage(new Uint8Array(await file.arrayBuffer()));
}

const noFile = (message: string): AppError =>
  new AppError('invalid', `The file ${message}.`, { errors: [{ path: 'file', message }] });
