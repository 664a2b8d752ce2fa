import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getPin, getPinRoute } from './get-pin.ts';
import { listProofs, listProofsRoute } from './list.ts';
import { openFile, openFileRoute } from './open-file.ts';
import { readUpload } from './read-upload.ts';
import { uploadProof, uploadProofRoute } from './upload.ts';

export const proofs = (deps: Deps) =>
  router()
    .openapi(uploadProofRoute, async (c) => {
      const { id } = c.req.valid('param');
      const image = await readUpload(c);
      const { proof, created } = await uploadProof(deps, c.var.actor, id, c.req.valid('query'), image);
      return created ? c.json(proof, 201) : c.json(proof, 200);
    })
    .openapi(listProofsRoute, async (c) => {
      c.header('Cache-Control', 'private, no-store');
      return c.json(await listProofs(deps, c.var.actor, c.req.valid('param').id), 200);
    })
    .openapi(getPinRoute, async (c) => {
      c.header('Cache-Control', 'private, no-store');
      return c.json(await getPin(deps, c.var.actor, c.req.valid('param').id), 200);
    })
    .openapi(openFileRoute, async (c) => {
      const { bytes, headers } = await openFile(deps, c.req.valid('param').id, c.req.valid('query').token);
      return c.body(bytes, 200, headers);
    });
