import { parseTokenPolicy, type PolicyCatalogue } from '../policy/index.js';
import { ApiTokenError } from './api-token.error.js';

/**
 * The policy to store, as JSON text.
 *
 * @throws {InvalidTokenPolicyError} With every problem of the document.
 * @throws {ApiTokenError} `EMPTY_POLICY`: `{}` means full access, which has to be asked for by name.
 */
export function checkPolicy(policy: unknown, catalogue: PolicyCatalogue): string {
  if (policy === 'full-access') return '{}';
  const parsed = parseTokenPolicy(policy, { catalogue });
  if (Object.hasOwn(parsed, 'resources')) return JSON.stringify(parsed);
  throw new ApiTokenError(
    'EMPTY_POLICY',
    'policy',
    'An empty policy limits nothing. Write policy: \'full-access\' where that is meant, else add "resources".',
  );
}
