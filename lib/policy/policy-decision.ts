/** The element of a policy that decided. */
export interface PolicyRule {
  /** JSON pointer (RFC 6901) to the method or `*`, such as `/resources/project/2/block/0`. */
  readonly pointer: string;
  readonly effect: 'allow' | 'block';
}

/** One section that was looked at, and what came of it. */
export interface PolicyTrailStep {
  /** JSON pointer to the section. */
  readonly pointer: string;
  /**
   * `absent`: there is none, or it names no method. `silent`: it does not speak of the method. `allow`, `block`: it
   * decided. In `'http'` mode, on the last section: `needs-literal`: only `*` or the default would allow, which do not
   * cover this method. `needs-get`: only `*` or the default would allow HEAD, and GET is denied. `not-text`: nothing was
   * consulted and nothing is allowed, because the policy ID, the method or the resource ID is not text (null is the
   * resource ID of a collection).
   */
  readonly outcome: 'absent' | 'silent' | 'allow' | 'block' | 'needs-literal' | 'needs-get' | 'not-text';
}

/** Whether a request is allowed, and why. */
export interface PolicyDecision {
  readonly allowed: boolean;
  /** What decided; null where nothing in the policy did and the default holds. */
  readonly rule: PolicyRule | null;
  /** The sections that were consulted, in their order. */
  readonly trail: readonly PolicyTrailStep[];
  readonly policyId: string;
  readonly method: string;
  /** The item's canonical ID; null on a collection route. */
  readonly resourceId: string | null;
}

/** What happens where no section of a policy decides. djblets allows. */
export type DefaultPolicyDecision = 'allow' | 'deny';
