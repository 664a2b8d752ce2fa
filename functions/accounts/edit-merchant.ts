import { createRoute, z } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import { merchants } from '../../db/schema/accounts.ts';
import { notFound } from '../../domain/errors.ts';
import { Stop } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { placed } from '../orders/place.ts';
import { audit } from './audit.ts';
import { Country, Currency, LanguageTag, TimeZone } from './fields.ts';
import { getMerchant } from './get-merchant.ts';
import { Merchant, merchantAnswer } from './merchant.ts';

/** What is left out stays; null takes the value away. */
export const MerchantEdit = z
  .strictObject({
    name: text(200).optional(),
    timezone: TimeZone.optional(),
    currency: Currency.optional().openapi({ description: 'Of orders created from now on.' }),
    language: LanguageTag.optional(),
    phone: text(40).nullable().optional(),
    country: Country.nullable().optional(),
    preparationMinutes: z.int().min(0).max(1440).optional(),
    // Shown on pages of ours, so no other scheme, and nothing that a page over TLS would refuse.
    logoUrl: z
      .url({ protocol: /^https$/ })
      .max(2000)
      .nullable()
      .optional(),
    color: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'is not a colour like #1a7f5a')
      .nullable()
      .optional(),
    pickup: Stop.nullable().optional(),
  })
  .openapi('MerchantEdit');
export type MerchantEdit = z.infer<typeof MerchantEdit>;

export const editMerchantRoute = createRoute({
  method: 'patch',
  path: '/v1/merchants/me',
  summary: 'Change the settings of the business',
  tags: ['Accounts'],
  ...secured('merchant:write'),
  request: { body: body(MerchantEdit) },
  responses: { 200: answer(Merchant, 'The business'), ...securedProblems('not_found') },
});

/** Managers. A pickup without a location is looked up by its address. */
export async function editMerchant(deps: Deps, actor: Actor, edit: MerchantEdit): Promise<Merchant> {
  const changed = Object.keys(edit);
  if (changed.length === 0) return getMerchant(deps, actor);
  const pickup = edit.pickup ? await placed(deps.geocoder, edit.pickup) : edit.pickup;
  return deps.db.withMerchant(actor.merchantId, async (tx) => {
    const [row] = await tx
      .update(merchants)
      .set({ ...edit, pickup })
      .where(eq(merchants.id, actor.merchantId))
      .returning();
    if (row === undefined) throw notFound('merchant');
    await audit(tx, actor, {
      action: 'merchant.changed',
      entityType: 'merchant',
      entityId: actor.merchantId,
      details: { changed },
    });
    return merchantAnswer(row);
  });
}
