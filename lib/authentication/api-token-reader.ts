import { LRUCache } from 'lru-cache';
import { unpolluted } from '../policy/unpolluted.js';
import type { ApiTokenRecord, StoredApiToken } from '../tokens/api-token-record.js';
import { type ApiToken, toApiToken } from '../tokens/api-token.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import {
  InvalidTokenPolicyError,
  parseTokenPolicy,
  type PolicyCatalog,
  type TokenPolicy,
} from '../policy/index.js';

/** How much policy text is kept, in characters: a few thousand policies of the usual size. */
const MAX_KEPT_CHARACTERS = 4_194_304;

interface TokenReference {
  readonly tokenId: string;
  readonly ownerId: string;
}

/**
 * Reads stored tokens with their policies. Equal texts give one policy object, so that they are also compiled once. A
 * damaged document becomes null, which denies everything; it never becomes `{}`.
 */
export class ApiTokenReader {
  readonly #kept = new LRUCache<string, TokenPolicy>({
    maxSize: MAX_KEPT_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  constructor(
    private readonly catalog: PolicyCatalog,
    private readonly events: ApiTokenEvents,
    private readonly unknownIds: 'report' | 'deny',
    private readonly clock: () => number,
  ) {}

  /** The token as applications see it. */
  read(record: ApiTokenRecord | StoredApiToken): ApiToken {
    const policy = this.#policy(record.policy, { tokenId: record.id, ownerId: record.ownerId });
    return toApiToken(record, policy, this.clock);
  }

  #policy(stored: unknown, token: TokenReference): TokenPolicy | null {
    const kept = typeof stored === 'string' ? this.#kept.get(stored) : undefined;
    if (kept !== undefined) return kept;
    try {
      const policy = parseTokenPolicy(stored ?? null, { checks: 'shape' });
      if (this.#namesUnknownPolicyIds(policy, token)) return null;
      if (typeof stored === 'string') this.#kept.set(stored, policy);
      return policy;
    } catch (error) {
      if (!(error instanceof InvalidTokenPolicyError)) throw error;
      this.events.emit({ type: 'policy-unresolved', issues: error.issues, ...token });
      return null;
    }
  }

  #namesUnknownPolicyIds(policy: TokenPolicy, token: TokenReference): boolean {
    const known = this.catalog.policyIds;
    const policyIds = Object.keys(unpolluted(policy).resources ?? {}).filter(
      (id) => id !== '*' && !known.includes(id),
    );
    if (policyIds.length === 0) return false;
    this.events.emit({ type: 'unknown-policy-ids', policyIds, ...token });
    return this.unknownIds === 'deny';
  }
}
