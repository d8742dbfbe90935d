import {
  type CompiledPolicy,
  compilePolicy,
  type DefaultPolicyDecision,
  type PolicyAccess,
  type PolicyDecision,
  type TokenPolicy,
} from '../policy/index.js';
import type { ApiToken } from '../tokens/api-token.js';

const NOTHING = compilePolicy({}, { defaultDecision: 'deny' });

/**
 * Decides what a token or a policy allows: the same answer as the guard's, for list queries and for background work.
 *
 * @example
 * ```ts
 * const filter = evaluator.compiled(token).filter('project', 'GET');
 * ```
 */
export class PolicyEvaluator {
  readonly #compiled = new WeakMap<TokenPolicy, CompiledPolicy>();

  /** @internal */
  constructor(private readonly defaultDecision: DefaultPolicyDecision) {}

  /** The compiled policy: made once per policy object. A token whose policy can't be relied on is denied everything. */
  compiled(subject: ApiToken | TokenPolicy): CompiledPolicy {
    const policy = isToken(subject) ? subject.policy : subject;
    if (policy === null) return NOTHING;
    const kept = this.#compiled.get(policy);
    if (kept !== undefined) return kept;
    const compiled = compilePolicy(policy, { defaultDecision: this.defaultDecision });
    this.#compiled.set(policy, compiled);
    return compiled;
  }

  /** Whether a token or a policy allows an access, and by which rule. */
  decide(subject: ApiToken | TokenPolicy, access: PolicyAccess): PolicyDecision {
    return this.compiled(subject).decide(access.policyId, access.method, access.resourceId);
  }
}

function isToken(subject: ApiToken | TokenPolicy): subject is ApiToken {
  // Without pollution a token may also be of a class that computes its policy.
  return 'policy' in subject && (!('policy' in Object.prototype) || Object.hasOwn(subject, 'policy'));
}
