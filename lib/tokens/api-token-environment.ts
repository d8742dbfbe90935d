import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { DefaultDecision, PolicyCatalogue } from '../policy/index.js';
import type { ApiTokenCache } from '../repositories/api-token-cache.js';
import type { ApiTokenRepository } from '../repositories/api-token-repository.js';
import type { ApiTokenFormat, ApiTokenGenerator } from './api-token-format.js';
import type { ApiTokenOwnerProvider } from './api-token-owner-provider.js';
import type { TokenLifetimes } from './api-token-options.js';
import type { AuthenticatedEntry } from './authenticated-entry.js';
import type { LastUseRecorder } from './last-use-recorder.js';
import type { RedigestQueue } from './redigest-queue.js';
import type { SecretDigester } from './secret-digester.js';
import type { StoreAccess } from './store-access.js';
import type { StoredPolicyReader } from './stored-policy-reader.js';

/** The rules that are asked for again and again, with their defaults. */
export interface ResolvedTokenRules {
  readonly clock: () => number;
  readonly deadlineMs: number;
  readonly managementDeadlineMs: number;
  readonly defaultDecision: DefaultDecision;
  readonly unknownPolicyIds: 'report' | 'deny';
  readonly lifetimes: TokenLifetimes;
  /** Null for any number. */
  readonly maxTokensPerOwner: number | null;
}

/**
 * What the services of this room work with. An abstract class, so that it is its own injection token: the module
 * provides one that finds the application's providers when they are first needed.
 *
 * @internal
 */
export abstract class ApiTokenEnvironment {
  abstract readonly rules: ResolvedTokenRules;
  /** The format of new secrets. */
  abstract readonly issued: ApiTokenGenerator;
  /** The formats that are accepted. */
  abstract readonly formats: readonly ApiTokenFormat[];
  /** The IDs of those that should go. */
  abstract readonly deprecatedFormats: ReadonlySet<string>;
  abstract readonly digester: SecretDigester;
  abstract readonly cache: ApiTokenCache<AuthenticatedEntry>;
  abstract readonly events: ApiTokenEvents;
  abstract readonly catalogue: PolicyCatalogue;
  abstract readonly policies: StoredPolicyReader;
  abstract readonly uses: LastUseRecorder;
  abstract readonly redigests: RedigestQueue;
  abstract readonly repository: ApiTokenRepository;
  /** The repository, where it can keep tokens. */
  abstract readonly store: StoreAccess;
  abstract readonly owners: ApiTokenOwnerProvider | null;
}
