import type { Context } from 'hono';
import { AppError } from '../../domain/errors.ts';

/**
 * The text of a request's CSV: UTF-8, or UTF-16 with its mark, as spreadsheets save "Unicode text". Throws
 * `unsupported_media_type`, and `invalid` for what is no text.
 */
export async function readSheet({ req }: Context): Promise<string> {
  const type = req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'text/csv') throw new AppError('unsupported_media_type', 'Send Content-Type: text/csv.');
  const bytes = new Uint8Array(await req.arrayBuffer());
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('invalid', 'The body is not text in UTF-8: save the sheet as "CSV UTF-8".', {
      errors: [{ path: '', message: 'is not UTF-8' }],
    });
  }
}
