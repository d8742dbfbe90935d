import { COMMON_METHODS } from '../http-methods.js';

/**
 * What the methods of a request mean. `'exact'`: as in djblets, letter by letter. `'http'`: as in `'exact'`, tightened
 * by two facts. HEAD runs the GET handler, so it is allowed only where GET is allowed too or HEAD stands literally in
 * the `allow` of the section that decided; and a method outside GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE is
 * allowed only where it stands there literally, because `*` was not written with PROPFIND in mind.
 */
export type MethodSemantics = 'exact' | 'http';

/** How many methods one mask holds: what the bits of a small integer that needs no boxing leave beside {@link STAR}. */
const METHODS_PER_PAGE = 30;

/** The bits of all the methods of a page. */
export const EVERY_METHOD = 2 ** METHODS_PER_PAGE - 1;

/** The bit of `*` among the methods that a section names. */
export const STAR = 2 ** METHODS_PER_PAGE;

/** Where a method's bit is: in the mask of which page, and which bit. */
export interface MethodPlace {
  readonly page: number;
  readonly bit: number;
}

/** Place 0 is that of all the methods that a policy does not name. */
const OTHERS: MethodPlace = { page: 0, bit: 1 };
/** What is no text is no method, and no mask has a bit for it. */
const NO_METHOD: MethodPlace = { page: 0, bit: 0 };

/** The methods that have bits whether they are named or not: on page 0. */
const ALWAYS: Readonly<Record<MethodSemantics, readonly string[]>> = { http: COMMON_METHODS, exact: [] };

/** The bits of the methods that a policy names, given in the order in which they are met. */
export class MethodPages {
  readonly #places = new Map<string, MethodPlace>();
  readonly #semantics: MethodSemantics;

  constructor(semantics: MethodSemantics) {
    this.#semantics = semantics;
    for (const method of ALWAYS[semantics]) this.#add(method);
  }

  /** The same bits, in an object that all policies share that name no other methods. */
  shared(): MethodPages {
    return this.#places.size === ALWAYS[this.#semantics].length ? SHARED[this.#semantics] : this;
  }

  /** How many pages there are so far. */
  get count(): number {
    return Math.floor(this.#places.size / METHODS_PER_PAGE) + 1;
  }

  /** Where the bit of a request's method is. */
  placeOf(method: string): MethodPlace {
    return this.#places.get(method) ?? (typeof method === 'string' ? OTHERS : NO_METHOD);
  }

  /** The bits on a page of the methods that a section names. */
  bitsOn(page: number, methods: readonly string[]): number {
    let bits = 0;
    for (const method of methods) {
      if (method === '*') {
        bits |= STAR;
        continue;
      }
      const place = this.#places.get(method) ?? this.#add(method);
      if (place.page === page) bits |= place.bit;
    }
    return bits;
  }

  #add(method: string): MethodPlace {
    const index = this.#places.size + 1;
    const place = { page: Math.floor(index / METHODS_PER_PAGE), bit: 1 << (index % METHODS_PER_PAGE) };
    this.#places.set(method, place);
    return place;
  }
}

const SHARED: Readonly<Record<MethodSemantics, MethodPages>> = {
  http: new MethodPages('http'),
  exact: new MethodPages('exact'),
};
