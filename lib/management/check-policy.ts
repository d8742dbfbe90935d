import { type DefaultPolicyDecision, parseTokenPolicy } from '../policy/index.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import type { TokenRules } from './token-rules.js';

/** What is stored for `'full-access'`: where the default is to deny, `{}` would allow nothing. */
const FULL_ACCESS: Readonly<Record<DefaultPolicyDecision, string>> = {
  allow: '{}',
  deny: '{"resources":{"*":{"allow":["*"]}}}',
};

/**
 * The policy to store, as JSON text.
 *
 * @throws {InvalidTokenPolicyError} With every problem of the document.
 * @throws {ApiTokenError} `EMPTY_POLICY`: `{}` limits nothing, which has to be asked for by name.
 */
export function checkPolicy(policy: unknown, { catalog, defaultDecision }: TokenRules): string {
  if (policy === 'full-access') return FULL_ACCESS[defaultDecision];
  const parsed = parseTokenPolicy(policy, { catalog });
  if (Object.hasOwn(parsed, 'resources')) return JSON.stringify(parsed);
  throw new ApiTokenError(
    'EMPTY_POLICY',
    'policy',
    'An empty policy limits nothing. Write policy: \'full-access\' where that is meant, else add "resources".',
  );
}
