import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { PolicyCatalogue } from '../policy/index.js';
import type { ApiTokenCache } from '../repositories/api-token-cache.js';
import type { ApiTokenRepository } from '../repositories/api-token-repository.js';
import type { ApiTokenFormat } from './api-token-format.js';
import type { ApiTokenOwnerProvider } from './api-token-owner-provider.js';
import type { TokenRules } from './api-token-options.js';
import type { AuthenticatedEntry } from './authenticated-entry.js';
import type { DefaultFormat } from './default-format.js';
import type { SecretDigester } from './secret-digester.js';
import type { StoredPolicyReader } from './stored-policy-reader.js';

/**
 * What the services of this room work with. An abstract class, so that it is its own injection token: the module
 * provides one that finds the application's providers when they are first needed.
 *
 * @internal
 */
export abstract class ApiTokenEnvironment {
  abstract readonly rules: Required<Omit<TokenRules, 'token' | 'cache'>>;
  /** The format of new secrets. */
  abstract readonly issued: DefaultFormat;
  /** The formats that are accepted. */
  abstract readonly formats: readonly ApiTokenFormat[];
  abstract readonly digester: SecretDigester;
  abstract readonly cache: ApiTokenCache<AuthenticatedEntry>;
  abstract readonly events: ApiTokenEvents;
  abstract readonly catalogue: PolicyCatalogue;
  abstract readonly policies: StoredPolicyReader;
  abstract readonly repository: ApiTokenRepository;
  abstract readonly owners: ApiTokenOwnerProvider | null;
}
