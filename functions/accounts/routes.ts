import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { onceFor } from '../idempotency.ts';
import { acceptInvitation, acceptInvitationRoute } from './accept-invitation.ts';
import { changePassword, changePasswordRoute } from './change-password.ts';
import { clientAddress } from './client-address.ts';
import { createApiKey, createApiKeyRoute } from './create-api-key.ts';
import type { AccountsDeps } from './deps.ts';
import { editMerchant, editMerchantRoute } from './edit-merchant.ts';
import { forgotPassword, forgotPasswordRoute } from './forgot-password.ts';
import { getMerchant, getMerchantRoute } from './get-merchant.ts';
import { inviteUser, inviteUserRoute } from './invite-user.ts';
import { JWKS_CACHE, jwksRoute, PublicKeys } from './jwks.ts';
import { listApiKeys, listApiKeysRoute } from './list-api-keys.ts';
import { listAudit, listAuditRoute } from './list-audit.ts';
import { listUsers, listUsersRoute } from './list-users.ts';
import { login, loginRoute } from './login.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { logout, logoutRoute } from './logout.ts';
import { createPasswords } from './passwords.ts';
import { refresh, refreshRoute } from './refresh.ts';
import { removeUser, removeUserRoute } from './remove-user.ts';
import { resetPassword, resetPasswordRoute } from './reset-password.ts';
import { revokeApiKey, revokeApiKeyRoute } from './revoke-api-key.ts';
import { signUp, signUpRoute } from './sign-up.ts';

/** No proxy or browser may keep an answer that holds a secret. */
const SECRET = { 'Cache-Control': 'no-store' };

export const accounts = (shared: Deps) => {
  const deps: AccountsDeps = {
    ...shared,
    passwords: createPasswords(),
    throttle: createLoginThrottle(shared.db, 'login', 'Too many failed attempts to log in; wait a while.'),
    resetThrottle: createLoginThrottle(shared.db, 'reset', 'Too many links were asked for; wait a while.'),
  };
  return router()
    .openapi(signUpRoute, async (c) => c.json(await signUp(deps, c.req.valid('json')), 201, SECRET))
    .openapi(loginRoute, async (c) =>
      c.json(await login(deps, c.req.valid('json'), clientAddress(c, deps.onFly ?? false)), 200, SECRET),
    )
    .openapi(refreshRoute, async (c) =>
      c.json(await refresh(deps, c.req.valid('json').refreshToken), 200, SECRET),
    )
    .openapi(logoutRoute, async (c) => {
      await logout(deps, c.req.valid('json').refreshToken);
      return c.body(null, 204);
    })
    .openapi(acceptInvitationRoute, async (c) =>
      c.json(await acceptInvitation(deps, c.req.valid('json')), 200, SECRET),
    )
    .openapi(forgotPasswordRoute, async (c) => {
      await forgotPassword(deps, c.req.valid('json'), clientAddress(c, deps.onFly ?? false));
      return c.body(null, 202);
    })
    .openapi(resetPasswordRoute, async (c) =>
      c.json(await resetPassword(deps, c.req.valid('json')), 200, SECRET),
    )
    .openapi(listAuditRoute, async (c) =>
      c.json(await listAudit(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getMerchantRoute, async (c) => c.json(await getMerchant(deps, c.var.actor), 200))
    .openapi(editMerchantRoute, async (c) =>
      c.json(await editMerchant(deps, c.var.actor, c.req.valid('json')), 200),
    )
    .openapi(changePasswordRoute, async (c) =>
      c.json(
        await changePassword(deps, c.var.actor, c.req.valid('json'), clientAddress(c, deps.onFly ?? false)),
        200,
        SECRET,
      ),
    )
    .openapi(inviteUserRoute, async (c) => {
      const input = c.req.valid('json');
      return c.json(await inviteUser(deps, c.var.actor, input, onceFor(c, input)), 201, SECRET);
    })
    .openapi(listUsersRoute, async (c) =>
      c.json(await listUsers(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(removeUserRoute, async (c) => {
      await removeUser(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    })
    .openapi(createApiKeyRoute, async (c) => {
      const input = c.req.valid('json');
      return c.json(await createApiKey(deps, c.var.actor, input, onceFor(c, input)), 201, SECRET);
    })
    .openapi(listApiKeysRoute, async (c) =>
      c.json(await listApiKeys(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(revokeApiKeyRoute, async (c) => {
      await revokeApiKey(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    })
    .openapi(jwksRoute, (c) =>
      c.json(PublicKeys.parse(deps.tokens.jwks), 200, { 'Cache-Control': JWKS_CACHE }),
    );
};
