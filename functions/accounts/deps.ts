import type { Deps } from '../deps.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';

/** What the verbs of this service have besides; made once with its routes. */
export type AccountsDeps = Deps & {
  passwords: Passwords;
  throttle: LoginThrottle;
  resetThrottle: LoginThrottle;
};
