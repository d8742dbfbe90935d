import { explainDecision } from './explain-decision.js';
import { defaultMasks, sectionMasks } from './method-masks.js';
import { finalMask, type MethodPages, methodPages, type MethodSemantics } from './method-pages.js';
import type { DefaultDecision, PolicyDecision } from './policy-decision.js';
import { policySections, type PolicySections } from './policy-sections.js';
import type { TokenPolicy } from './token-policy.js';

/** How a policy is compiled. */
export interface CompilePolicyOptions {
  /** What the methods mean. Default `'http'`. */
  readonly methods?: MethodSemantics;
  /** What happens where no section decides. Default `'allow'`, as in djblets. */
  readonly defaultDecision?: DefaultDecision;
}

/** Which items of a list a policy lets through. */
export type PolicyFilter =
  | { readonly mode: 'all' }
  | { readonly mode: 'none' }
  | { readonly mode: 'only' | 'except'; readonly ids: ReadonlySet<string> };

/** The masks of one policy ID: what may be done with the collection and unlisted items, and with the listed ones. */
interface ResourceMasks {
  readonly mask: number;
  readonly items: ReadonlyMap<string, number>;
}

/** The masks of a whole policy for the methods of one page. */
interface PageMasks {
  /** For policy IDs that the policy does not speak of. */
  readonly mask: number;
  readonly resources: ReadonlyMap<string, ResourceMasks>;
}

/**
 * A policy made ready for decisions: each is two or three look-ups in a map, whatever the size of the policy.
 * Immutable, and independent of the document it was made from.
 */
export class CompiledPolicy {
  readonly #methods: MethodPages;
  readonly #pages: readonly PageMasks[];
  readonly #semantics: MethodSemantics;
  readonly #defaultDecision: DefaultDecision;
  // Only a denial has to be explained, and a policy's text takes a fraction of the memory that its objects take.
  readonly #text: string;
  #sections: PolicySections | undefined;

  /** @internal Use {@link compilePolicy}. */
  constructor(policy: TokenPolicy, semantics: MethodSemantics, defaultDecision: DefaultDecision) {
    const sections = policySections(policy);
    const methods = methodPages(sections, semantics);
    this.#methods = methods;
    this.#pages = methods.pages.map((bits) => pageMasks(sections, bits, semantics, defaultDecision));
    this.#semantics = semantics;
    this.#defaultDecision = defaultDecision;
    this.#text = JSON.stringify(policy);
  }

  /**
   * Whether a request is allowed. The hot path.
   *
   * @param resourceId - The item's canonical ID; null on a collection route.
   */
  allows(policyId: string, method: string, resourceId: string | null): boolean {
    const { page, bit } = this.#methods.places.get(method) ?? this.#methods.others;
    const masks = this.#pages[page]!;
    const resource = masks.resources.get(policyId);
    if (resource === undefined) return (masks.mask & bit) !== 0;
    const item = resourceId === null ? undefined : resource.items.get(resourceId);
    return ((item ?? resource.mask) & bit) !== 0;
  }

  /** The same decision as {@link allows}, with the rule that made it and the sections that were consulted. */
  decide(policyId: string, method: string, resourceId: string | null): PolicyDecision {
    this.#sections ??= policySections(JSON.parse(this.#text) as TokenPolicy);
    const access = { policyId, method, resourceId };
    const { rule, trail } = explainDecision(this.#sections, access, this.#semantics, this.#defaultDecision);
    return { allowed: this.allows(policyId, method, resourceId), rule, trail, ...access };
  }

  /**
   * Which items of a list the policy lets through: equal to asking {@link allows} for each item.
   *
   * @example
   * ```ts
   * const filter = compilePolicy(policy).filter('repository', 'GET');
   * if (filter.mode === 'except') query.where('id NOT IN (:...ids)', { ids: [...filter.ids] });
   * ```
   */
  filter(policyId: string, method: string): PolicyFilter {
    const { page, bit } = this.#methods.places.get(method) ?? this.#methods.others;
    const resource = this.#pages[page]!.resources.get(policyId);
    const rest = this.allows(policyId, method, null);
    const ids = new Set<string>();
    for (const [resourceId, mask] of resource?.items ?? []) {
      if (((mask & bit) !== 0) !== rest) ids.add(resourceId);
    }
    if (ids.size === 0) return { mode: rest ? 'all' : 'none' };
    return { mode: rest ? 'except' : 'only', ids };
  }
}

/**
 * Makes a policy ready for decisions. Does not validate: {@link parseTokenPolicy} does.
 *
 * @example
 * ```ts
 * const compiled = compilePolicy({ resources: { repository: { '2': { block: ['*'] } } } });
 * compiled.allows('repository', 'GET', '2'); // false
 * compiled.allows('repository', 'GET', null); // true: the collection
 * ```
 */
export function compilePolicy(
  policy: TokenPolicy,
  { methods = 'http', defaultDecision = 'allow' }: CompilePolicyOptions = {},
): CompiledPolicy {
  return new CompiledPolicy(policy, methods, defaultDecision);
}

function pageMasks(
  { global, resources }: PolicySections,
  bits: ReadonlyMap<string, number>,
  semantics: MethodSemantics,
  defaultDecision: DefaultDecision,
): PageMasks {
  const globalMasks = sectionMasks(global, bits, defaultMasks(defaultDecision === 'allow'));
  const compiled = new Map<string, ResourceMasks>();
  for (const [policyId, { all, items }] of resources) {
    const resourceMasks = sectionMasks(all, bits, globalMasks);
    const itemMasks = new Map<string, number>();
    for (const [resourceId, section] of items) {
      itemMasks.set(resourceId, finalMask(sectionMasks(section, bits, resourceMasks), bits, semantics));
    }
    compiled.set(policyId, { mask: finalMask(resourceMasks, bits, semantics), items: itemMasks });
  }
  return { mask: finalMask(globalMasks, bits, semantics), resources: compiled };
}
