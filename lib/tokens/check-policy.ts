import { type DefaultDecision, parseTokenPolicy, type PolicyCatalogue } from '../policy/index.js';
import { ApiTokenError } from './api-token.error.js';

/** What a policy is checked against. */
export interface PolicyContext {
  readonly catalogue: PolicyCatalogue;
  readonly rules: { readonly defaultDecision: DefaultDecision };
}

/** What is stored for `'full-access'`: where the default is to deny, `{}` would allow nothing. */
const FULL_ACCESS: Readonly<Record<DefaultDecision, string>> = {
  allow: '{}',
  deny: '{"resources":{"*":{"allow":["*"]}}}',
};

/**
 * The policy to store, as JSON text.
 *
 * @throws {InvalidTokenPolicyError} With every problem of the document.
 * @throws {ApiTokenError} `EMPTY_POLICY`: `{}` limits nothing, which has to be asked for by name.
 */
export function checkPolicy(policy: unknown, { catalogue, rules }: PolicyContext): string {
  if (policy === 'full-access') return FULL_ACCESS[rules.defaultDecision];
  const parsed = parseTokenPolicy(policy, { catalogue });
  if (Object.hasOwn(parsed, 'resources')) return JSON.stringify(parsed);
  throw new ApiTokenError(
    'EMPTY_POLICY',
    'policy',
    'An empty policy limits nothing. Write policy: \'full-access\' where that is meant, else add "resources".',
  );
}
