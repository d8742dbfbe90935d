import type { Canonicalizer } from '../policy/index.js';
import type { BoundForm, UnknownForm } from './bound-canonicalizer.js';
import { canonicalizerName } from './canonicalizer-name.js';
import type { ItemRoute, RouteDeclaration, RouteProblem } from './route-declaration.js';

/** An item route before the routes of its policy ID have been compared. */
export interface ResolvedItem extends Omit<ItemRoute, 'canonicalizer'> {
  /** The canonicalizer that its `@PolicyId()` names. */
  readonly written: Canonicalizer | undefined;
  /** What its handler's parameter says. */
  readonly bound: BoundForm;
}

/**
 * The canonicalizer of each policy ID: the items of one policy ID have to be spelled alike on all of its routes. One that
 * is written on a route answers for the routes whose parameters leave it open.
 */
export class AgreedCanonicalizers {
  readonly #canonicalizers = new Map<string, Canonicalizer>();
  readonly #written = new Set<string>();
  readonly #problems = new Map<string, string>();

  constructor(items: readonly ResolvedItem[]) {
    for (const { policyId, written } of items) {
      if (written === undefined) continue;
      this.#agree(policyId, written);
      this.#written.add(policyId);
    }
    for (const { policyId, written, bound } of items) {
      if (bound === undefined || typeof bound === 'object') continue;
      // Its author may have written a function that folds what the handler does.
      if (typeof written === 'function') continue;
      // Any canonicalizer fits a handler that gets the text of the request.
      if (bound === 'exact' && this.#written.has(policyId)) continue;
      this.#agree(policyId, bound);
    }
  }

  /** The canonicalizer of a policy ID. */
  of(policyId: string): Canonicalizer {
    return this.#canonicalizers.get(policyId) ?? 'exact';
  }

  /** The declaration of an item route, or what is wrong where it is not known how its items are spelled. */
  agree({ written, bound, ...route }: ResolvedItem): RouteDeclaration {
    const { policyId, param } = route;
    const problem = this.#problems.get(policyId);
    if (problem !== undefined) return misconfigured('CANONICALIZERS_DISAGREE', problem);
    if (typeof bound === 'object' && written === undefined && !this.#written.has(policyId)) {
      return misconfigured('RESOURCE_ID_FORM_UNKNOWN', unknownForm(policyId, param, bound));
    }
    return { ...route, canonicalizer: written ?? this.of(policyId) };
  }

  #agree(policyId: string, canonicalizer: Canonicalizer): void {
    const agreed = this.#canonicalizers.get(policyId);
    if (agreed === undefined) this.#canonicalizers.set(policyId, canonicalizer);
    else if (agreed !== canonicalizer)
      this.#problems.set(policyId, disagreement(policyId, agreed, canonicalizer));
  }
}

function misconfigured(code: RouteProblem['code'], message: string): RouteDeclaration {
  return { kind: 'misconfigured', problems: [{ code, message }] };
}

function disagreement(policyId: string, one: Canonicalizer, other: Canonicalizer): string {
  const names = [one, other].map(canonicalizerName);
  return (
    `the routes of policy ID "${policyId}" spell their items in two ways (${names.join(', ')}), so that one item would ` +
    `have two IDs. Bind the parameter with the same pipe everywhere, or write @PolicyId('${policyId}', { canonical: ... }).`
  );
}

function unknownForm(policyId: string, param: string, { because, pipe }: UnknownForm): string {
  const known =
    pipe === undefined
      ? ''
      : ` Or write audit: { knownPipes: [${pipe}] } in ApiTokenModule.forRoot() if it never does so.`;
  return (
    `two values of its parameter "${param}" may reach one item, and a policy would take them for two items: ${because}. ` +
    `Write @PolicyId('${policyId}', { canonical: ... }) with 'int', 'uuid', a function, or 'exact' if each value is ` +
    `another item.${known}`
  );
}
