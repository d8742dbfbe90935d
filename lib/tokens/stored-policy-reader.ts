import { LRUCache } from 'lru-cache';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import {
  InvalidTokenPolicyError,
  parseTokenPolicy,
  type PolicyCatalogue,
  type TokenPolicy,
} from '../policy/index.js';

/** How much policy text is kept, in characters: a few thousand policies of the usual size. */
const MAX_KEPT_CHARACTERS = 4_194_304;

interface TokenReference {
  readonly tokenId: string;
  readonly ownerId: string;
}

/** What the reader is told of the application. */
export interface StoredPolicyContext {
  readonly catalogue: PolicyCatalogue;
  readonly events: ApiTokenEvents;
  readonly rules: { readonly unknownPolicyIds: 'report' | 'deny' };
}

/**
 * Reads the policies that are stored with tokens. Equal texts give one object, so that they are also compiled once.
 * A document that can't be relied on becomes null, which denies everything; it never becomes `{}`.
 */
export class StoredPolicyReader {
  readonly #kept = new LRUCache<string, TokenPolicy>({
    maxSize: MAX_KEPT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  constructor(private readonly context: StoredPolicyContext) {}

  read(stored: unknown, token: TokenReference): TokenPolicy | null {
    const kept = typeof stored === 'string' ? this.#kept.get(stored) : undefined;
    if (kept !== undefined) return kept;
    try {
      const policy = parseTokenPolicy(stored ?? null, { checks: 'shape' });
      if (this.#namesUnknownPolicyIds(policy, token)) return null;
      if (typeof stored === 'string') this.#kept.set(stored, policy);
      return policy;
    } catch (error) {
      if (!(error instanceof InvalidTokenPolicyError)) throw error;
      this.context.events.raise({ type: 'policy-unresolved', issues: error.issues, ...token });
      return null;
    }
  }

  #namesUnknownPolicyIds(policy: TokenPolicy, token: TokenReference): boolean {
    const known = this.context.catalogue.policyIds;
    const policyIds = Object.keys(policy.resources ?? {}).filter((id) => id !== '*' && !known.includes(id));
    if (policyIds.length === 0) return false;
    this.context.events.raise({ type: 'unknown-policy-ids', policyIds, ...token });
    return this.context.rules.unknownPolicyIds === 'deny';
  }
}
