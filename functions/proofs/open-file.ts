import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { proofFiles, proofs } from '../../db/schema/proofs.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { ProofType } from '../../domain/proof.ts';
import { IdParam, problems } from '../api.ts';
import type { Deps } from '../deps.ts';

const picture = { schema: { type: 'string', format: 'binary' } } as const;

export const openFileRoute = createRoute({
  method: 'get',
  path: '/v1/proofs/{id}/file',
  summary: 'The file of a proof, by the link that a list gave',
  tags: ['Proofs'],
  request: { params: IdParam, query: z.object({ token: z.string().max(2000).optional() }) },
  responses: {
    200: {
      description: 'The picture',
      content: Object.fromEntries(ProofType.options.map((type) => [type, picture])),
    },
    ...problems('not_found'),
  },
});

export type OpenedFile = { bytes: Uint8Array<ArrayBuffer>; headers: Record<string, string> };

/** Whoever holds the link. Throws `not_found`, also when it is none of ours or too old, and `unavailable`. */
export async function openFile(deps: Deps, id: string, token: string | undefined): Promise<OpenedFile> {
  const link = token === undefined ? undefined : await deps.proofLinks.verify(token);
  if (link === undefined || link.proofId !== id.toLowerCase()) {
    throw new AppError('not_found', 'This link is not good any more; ask for a new one.');
  }
  const { merchantId } = link;
  const found = await deps.db.withMerchant(merchantId, async (tx) => {
    const [row] = await tx
      .select({ contentType: proofs.contentType, key: proofs.key, bytes: proofFiles.bytes })
      .from(proofs)
      .leftJoin(
        proofFiles,
        and(eq(proofFiles.merchantId, proofs.merchantId), eq(proofFiles.proofId, proofs.id)),
      )
      .where(and(eq(proofs.merchantId, merchantId), eq(proofs.id, link.proofId)));
    return row;
  });
  if (found === undefined) throw notFound('file');
  const bytes = found.key === null ? found.bytes : await fetchObject(deps, found.key);
  if (!bytes) throw notFound('file');
  const type = ProofType.parse(found.contentType);
  return { bytes: new Uint8Array(bytes), headers: headersOf(id, type, link.secondsLeft) };
}

function fetchObject({ objects }: Pick<Deps, 'objects'>, key: string) {
  if (objects !== undefined) return objects.get(key);
  throw new AppError('unavailable', 'Files cannot be reached just now.', {
    cause: new Error('a file is in an object store, and none is configured'),
  });
}

/** Shown as a picture and as nothing else, by our own pages; kept no longer than the link is good. */
function headersOf(id: string, type: ProofType, secondsLeft: number): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Disposition': `inline; filename="proof-${id.toLowerCase()}.${type.replace(/.*\//, '')}"`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': `private, max-age=${secondsLeft}`,
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
  };
}
