import { BoundPolicy } from './bound-policy.js';
import { unpolluted } from '../unpolluted.js';
import { explainDecision } from '../explain-decision.js';
import { itemMask, listedItems, NO_ITEMS } from './item-masks.js';
import { PageCompiler } from './method-masks.js';
import { MethodPages, type MethodSemantics } from './method-pages.js';
import { type PageMasks, pageMasks } from './page-masks.js';
import type { DefaultPolicyDecision, PolicyDecision } from '../policy-decision.js';
import { policySections, type PolicySections } from './policy-sections.js';
import type { TokenPolicy } from '../token-policy.js';

/** How a policy is compiled. */
export interface CompilePolicyOptions {
  /**
   * What the methods mean. `'exact'`: what djblets says. `'http'`: HEAD also needs GET, and uncommon methods have to be named.
   *
   * @default 'http'
   */
  readonly methods?: MethodSemantics;
  /**
   * The decision where no section decides; djblets allows.
   *
   * @default 'allow'
   */
  readonly defaultDecision?: DefaultPolicyDecision;
}

/** Which items of a list a policy lets through. */
export type PolicyFilter =
  | { readonly mode: 'all' }
  | { readonly mode: 'none' }
  | { readonly mode: 'only' | 'except'; readonly ids: ReadonlySet<string> };

/**
 * A policy made ready for decisions: each is two or three look-ups in a map, whatever the size of the policy.
 * Immutable, and independent of the document it was made from.
 */
export class CompiledPolicy {
  readonly #methods: MethodPages;
  readonly #pages: readonly PageMasks[];
  readonly #semantics: MethodSemantics;
  readonly #defaultDecision: DefaultPolicyDecision;
  // Only a denial has to be explained, and a policy's text takes a fraction of the memory that its objects take.
  readonly #text: string;
  // Let go when memory is short: they take four times as much as the text.
  #sections: WeakRef<PolicySections> | undefined;

  /** @internal Use {@link compilePolicy}. */
  constructor(policy: TokenPolicy, semantics: MethodSemantics, defaultDecision: DefaultPolicyDecision) {
    const sections = policySections(policy);
    const methods = new MethodPages(semantics);
    const pages: PageMasks[] = [];
    // The first page meets every method there is, and so tells how many pages are needed.
    for (let page = 0; page < methods.count; page += 1) {
      pages.push(pageMasks(sections, new PageCompiler(methods, page, semantics), defaultDecision));
    }
    this.#methods = methods.shared();
    this.#pages = pages;
    this.#semantics = semantics;
    this.#defaultDecision = defaultDecision;
    this.#text = JSON.stringify(policy);
  }

  /**
   * Whether a request is allowed. The hot path. Nothing is allowed where JavaScript gives something else than text, or
   * null for the resource ID: that would be none of the policy's keys, and so no key that blocks it.
   *
   * @param resourceId - The item's canonical ID; null on a collection route.
   */
  allows(policyId: string, method: string, resourceId: string | null): boolean {
    const { page, bit } = this.#methods.placeOf(method);
    const masks = this.#pages[page]!;
    const resource = masks.resources.get(policyId);
    if (resourceId !== null && typeof resourceId !== 'string') return false;
    if (resource === undefined) return typeof policyId === 'string' && (masks.mask & bit) !== 0;
    const item = resourceId === null ? undefined : itemMask(masks.numbered, resource, resourceId);
    return ((item ?? resource.mask) & bit) !== 0;
  }

  /**
   * The policy as it is asked about one method on one resource, for many items: {@link allows} without the look-ups that
   * are the same for each.
   *
   * @example
   * ```ts
   * const readable = compilePolicy(policy).bind('project', 'GET');
   * const shown = projects.filter(({ id }) => readable.allows(id));
   * ```
   */
  bind(policyId: string, method: string): BoundPolicy {
    const { page, bit } = this.#methods.placeOf(method);
    const { mask, numbered, resources } = this.#pages[page]!;
    const unlisted = { mask: typeof policyId === 'string' ? mask : 0, ...NO_ITEMS };
    return new BoundPolicy(bit, numbered, resources.get(policyId) ?? unlisted);
  }

  /** The same decision as {@link allows}, with the rule that made it and the sections that were consulted. */
  decide(policyId: string, method: string, resourceId: string | null): PolicyDecision {
    const access = { policyId, method, resourceId };
    const { rule, trail } = explainDecision(
      this.#sectionsToExplain(),
      access,
      this.#semantics,
      this.#defaultDecision,
    );
    return { allowed: this.allows(policyId, method, resourceId), rule, trail, ...access };
  }

  /**
   * Which items of a list the policy lets through: equal to asking {@link allows} for each item.
   *
   * @example
   * ```ts
   * const filter = compilePolicy(policy).filter('project', 'GET');
   * if (filter.mode === 'except') query.where('id NOT IN (:...ids)', { ids: [...filter.ids] });
   * ```
   */
  filter(policyId: string, method: string): PolicyFilter {
    const { page, bit } = this.#methods.placeOf(method);
    const { numbered, resources } = this.#pages[page]!;
    const resource = resources.get(policyId);
    const rest = this.allows(policyId, method, null);
    const ids = new Set<string>();
    for (const [resourceId, mask] of resource === undefined ? [] : listedItems(numbered, resource)) {
      if (((mask & bit) !== 0) !== rest) ids.add(resourceId);
    }
    if (ids.size === 0) return { mode: rest ? 'all' : 'none' };
    return { mode: rest ? 'except' : 'only', ids };
  }

  #sectionsToExplain(): PolicySections {
    const kept = this.#sections?.deref();
    if (kept !== undefined) return kept;
    const sections = policySections(JSON.parse(this.#text) as TokenPolicy);
    this.#sections = new WeakRef(sections);
    return sections;
  }
}

/**
 * Makes a policy ready for decisions. Does not validate: {@link parseTokenPolicy} does.
 *
 * @example
 * ```ts
 * const compiled = compilePolicy({ resources: { project: { '2': { block: ['*'] } } } });
 * compiled.allows('project', 'GET', '2'); // false
 * compiled.allows('project', 'GET', null); // true: the collection
 * ```
 */
export function compilePolicy(policy: TokenPolicy, options: CompilePolicyOptions = {}): CompiledPolicy {
  const { methods = 'http', defaultDecision = 'allow' } = unpolluted(options);
  return new CompiledPolicy(policy, methods, defaultDecision);
}
