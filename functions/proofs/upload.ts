import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { proofFiles } from '../../db/schema/proofs.ts';
import { AppError } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { ProofKind } from '../../domain/proof.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Image } from './image.ts';
import { type Inserted, insertProof, type NewProof, requireProvable } from './insert.ts';
import { Proof, proofFromRow } from './proof.ts';

export const UploadQuery = z.object({
  kind: ProofKind.default('photo'),
  id: z.uuid().optional().openapi({ description: 'Made by the client: the same one twice is one file.' }),
});

const picture = { schema: { type: 'string', format: 'binary' } } as const;

export const uploadProofRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/proofs',
  summary: 'Upload a photo or a signature',
  description:
    'The picture itself is the body, or a file in a multipart/form-data. At most 5 MB. A driver may also upload for an ' +
    'order that they had before: what a late report tells of. `status` then names it by its id.',
  tags: ['Proofs'],
  ...secured('orders:prove'),
  request: {
    params: IdParam,
    query: UploadQuery,
    body: {
      required: true,
      content: {
        'image/jpeg': picture,
        'image/png': picture,
        'image/webp': picture,
        'multipart/form-data': {
          schema: { type: 'object', required: ['file'], properties: { file: picture.schema } },
        },
      },
    },
  },
  responses: {
    201: answer(Proof, 'The file'),
    200: answer(Proof, 'The file, which was here before'),
    ...securedProblems('not_found', 'conflict', 'too_large', 'unsupported_media_type'),
  },
});

/**
 * Managers, API keys, the driver of the order and who was its driver before. Throws `not_found`, `conflict` (another file
 * has that id, too many files, an erased customer) and `unavailable` when the object store is: then nothing is stored.
 */
export async function uploadProof(
  deps: Deps,
  actor: Actor,
  orderId: string,
  { kind, id = uuidv7() }: z.infer<typeof UploadQuery>,
  image: Image,
): Promise<{ proof: Proof; created: boolean }> {
  const about = {
    merchantId: actor.merchantId,
    id,
    orderId,
    kind,
    contentType: image.type,
    size: image.bytes.length,
    sha256: image.sha256,
    actorType: actor.type,
    actorId: actorId(actor),
  };
  const { objects } = deps;
  const { row, created } = await (objects === undefined
    ? keepInDatabase(deps, actor, about, image)
    : keepInObjects(deps, objects, actor, about, image));
  return { proof: await proofFromRow(deps, row), created };
}

type About = Omit<NewProof, 'storage' | 'key'>;

function keepInDatabase({ db }: Deps, actor: Actor, about: About, { bytes }: Image): Promise<Inserted> {
  const { merchantId, id: proofId } = about;
  return db.withMerchant(merchantId, async (tx) => {
    const inserted = await insertProof(tx, actor, { ...about, storage: 'database', key: null });
    if (inserted.created) await tx.insert(proofFiles).values({ merchantId, proofId, bytes });
    return inserted;
  });
}

/** The file first: a row always has one. */
async function keepInObjects(
  { db, log }: Deps,
  objects: ObjectStore,
  actor: Actor,
  about: About,
  { bytes, type, sha256 }: Image,
): Promise<Inserted> {
  const { merchantId, orderId } = about;
  await db.withMerchant(merchantId, (tx) => requireProvable(tx, actor, orderId));
  // A name of this attempt's own: whatever becomes of it, it is no other attempt's file. All of an order's are in one folder.
  const key = `${folderOf(merchantId, orderId)}${uuidv7()}`;
  await objects.put(key, bytes, type, sha256);
  const dropFile = () =>
    objects.remove(key).catch((err: unknown) => log.warn({ err, key }, 'a file that is not needed stays'));
  try {
    const inserted = await db.withMerchant(merchantId, (tx) =>
      insertProof(tx, actor, { ...about, storage: 's3', key }),
    );
    if (!inserted.created) await dropFile();
    return inserted;
  } catch (error) {
    // When the database is silent the row may be there all the same, and its file must be.
    if (error instanceof AppError) await dropFile();
    throw error;
  }
}

/** Where an order's files are in the object store: what erasing them removes. */
export const folderOf = (merchantId: string, orderId: string): string =>
  `merchants/${merchantId}/orders/${orderId.toLowerCase()}/`;
