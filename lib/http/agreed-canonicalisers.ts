import type { Canonicaliser } from '../policy/index.js';
import type { BoundForm, UnknownForm } from './bound-canonicaliser.js';
import { canonicaliserName } from './canonicaliser-name.js';
import type { ItemPolicy, RoutePolicy, RouteProblem } from './route-policy.js';

/** An item route before the routes of its policy ID have been compared. */
export interface ResolvedItem extends Omit<ItemPolicy, 'canonicaliser'> {
  /** The canonicaliser that its `@PolicyId()` names. */
  readonly written: Canonicaliser | undefined;
  /** What its handler's parameter says. */
  readonly bound: BoundForm;
}

/**
 * The canonicaliser of each policy ID: the items of one policy ID have to be spelt alike on all of its routes. One that
 * is written on a route answers for the routes whose parameters leave it open.
 */
export class AgreedCanonicalisers {
  readonly #canonicalisers = new Map<string, Canonicaliser>();
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
      // Any canonicaliser fits a handler that gets the text of the request.
      if (bound === 'exact' && this.#written.has(policyId)) continue;
      this.#agree(policyId, bound);
    }
  }

  /** The canonicaliser of a policy ID. */
  of(policyId: string): Canonicaliser {
    return this.#canonicalisers.get(policyId) ?? 'exact';
  }

  /** The policy of an item route, if it is known how its items are spelt. */
  settle({ written, bound, ...route }: ResolvedItem): RoutePolicy {
    const { policyId, param } = route;
    const problem = this.#problems.get(policyId);
    if (problem !== undefined) return unsettled('CANONICALISERS_DISAGREE', problem);
    if (typeof bound === 'object' && written === undefined && !this.#written.has(policyId)) {
      return unsettled('RESOURCE_ID_FORM_UNKNOWN', unknownForm(policyId, param, bound));
    }
    return { ...route, canonicaliser: written ?? this.of(policyId) };
  }

  #agree(policyId: string, canonicaliser: Canonicaliser): void {
    const agreed = this.#canonicalisers.get(policyId);
    if (agreed === undefined) this.#canonicalisers.set(policyId, canonicaliser);
    else if (agreed !== canonicaliser)
      this.#problems.set(policyId, disagreement(policyId, agreed, canonicaliser));
  }
}

function unsettled(code: RouteProblem['code'], message: string): RoutePolicy {
  return { kind: 'unsettled', problems: [{ code, message }] };
}

function disagreement(policyId: string, one: Canonicaliser, other: Canonicaliser): string {
  const names = [one, other].map(canonicaliserName);
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
