import { findTarget } from '../../db/webhook-target.ts';
import { AppError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';

/**
 * Refuses a URL that webhooks would not go to, with the path `url`. A host name that leads nowhere is taken: it may be set up
 * later. The worker looks again at each attempt.
 */
export async function checkUrl({ webhooks }: Deps, url: string): Promise<void> {
  const target = await findTarget(url, webhooks.rules);
  if (target.kind !== 'refused') return;
  throw new AppError('unprocessable', 'Webhooks cannot be sent to this URL.', {
    errors: [{ path: 'url', message: target.reason }],
  });
}
