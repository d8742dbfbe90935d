import { COMMON_METHODS } from './http-methods.js';
import { METHODS_PER_PAGE, type MethodMasks } from './method-masks.js';
import { type PolicySections, sectionMethods } from './policy-sections.js';
import type { PolicySection } from './token-policy.js';

/**
 * What the methods of a request mean. `'exact'`: as in djblets, letter by letter. `'http'`: as in `'exact'`, tightened
 * by two facts. HEAD runs the GET handler, so it is allowed only where GET is allowed too or HEAD stands literally in
 * the `allow` of the section that decided; and a method outside GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE is
 * allowed only where it stands there literally, because `*` was not written with PROPFIND in mind.
 */
export type MethodSemantics = 'exact' | 'http';

/** Where a method's bit is: in the mask of which page, and which bit. */
export interface MethodPlace {
  readonly page: number;
  readonly bit: number;
}

/** The bits of a policy's methods, and the bit that all the methods share which nobody names. */
export interface MethodPages {
  readonly places: ReadonlyMap<string, MethodPlace>;
  readonly others: MethodPlace;
  /** The bits of each page, by method. */
  readonly pages: readonly ReadonlyMap<string, number>[];
}

/** Gives a bit to every method that a policy names, and in `'http'` mode to the common ones, which are on page 0. */
export function methodPages(sections: PolicySections, semantics: MethodSemantics): MethodPages {
  const methods = new Set<string>(semantics === 'http' ? COMMON_METHODS : []);
  for (const section of allSections(sections)) {
    for (const method of sectionMethods(section, 'allow')) methods.add(method);
    for (const method of sectionMethods(section, 'block')) methods.add(method);
  }
  methods.delete('*');
  const places = new Map<string, MethodPlace>();
  const pages = [new Map<string, number>()];
  for (const method of methods) {
    // Place 0 is that of the methods nobody names.
    const index = places.size + 1;
    const page = Math.floor(index / METHODS_PER_PAGE);
    const bit = 1 << (index % METHODS_PER_PAGE);
    places.set(method, { page, bit });
    (pages[page] ??= new Map()).set(method, bit);
  }
  return { places, others: { page: 0, bit: 1 }, pages };
}

/** The final mask of a place: what `semantics` leaves of what is allowed there. */
export function finalMask(
  { allowed, literal }: MethodMasks,
  bits: ReadonlyMap<string, number>,
  semantics: MethodSemantics,
): number {
  if (semantics === 'exact') return allowed;
  let common = 0;
  for (const method of COMMON_METHODS) common |= bits.get(method) ?? 0;
  const head = bits.get('HEAD') ?? 0;
  const mask = allowed & (literal | common);
  const getIsAllowed = (mask & (bits.get('GET') ?? 0)) !== 0;
  return getIsAllowed || (literal & head) !== 0 ? mask : mask & ~head;
}

function* allSections({ global, resources }: PolicySections): Iterable<PolicySection | undefined> {
  yield global;
  for (const { all, items } of resources.values()) {
    yield all;
    yield* items.values();
  }
}
