import { timingSafeEqual, createHash } from 'node:crypto';
import type { Scope } from '../event/configuration.ts';
import { ParleyError } from '../event/errors.ts';

export interface AccessRules {
  readonly host: string;
  readonly tokens: readonly { readonly token: string; readonly scopes: readonly Scope[] }[];
  readonly insecure: boolean;
  readonly origins: readonly string[];
}

export interface Access {
  /** True where this token (null: none was sent) has the scope. */
  allows(token: string | null, scope: Scope): boolean;
  /** True where a page of this origin may connect; null is a client that is no browser. */
  originAllowed(origin: string | null, host: string | null): boolean;
}

/**
 * Who may do what. Throws `PARLEY_CONFIG_INVALID` for an address other than loopback without tokens
 * and without `insecure`.
 */
export function createAccess(rules: AccessRules): Access {
  if (rules.tokens.length === 0 && !rules.insecure && !isLoopback(rules.host)) {
    throw new ParleyError(
      'PARLEY_CONFIG_INVALID',
      `api.host is ${rules.host}, which others can reach: configure api.tokens, or say --insecure`,
    );
  }
  const tokens = rules.tokens.map(({ token, scopes }) => ({ digest: digest(token), scopes }));
  return {
    allows(token, scope) {
      if (tokens.length === 0) return true;
      if (token === null) return false;
      const wanted = digest(token);
      const held = tokens.find((known) => timingSafeEqual(known.digest, wanted));
      return held?.scopes.includes(scope) ?? false;
    },
    originAllowed(origin, host) {
      if (origin === null || rules.origins.includes(origin)) return true;
      return host !== null && (origin === `http://${host}` || origin === `https://${host}`);
    },
  };
}

/** Tokens are compared by digest, so that neither length nor content leaks through time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
