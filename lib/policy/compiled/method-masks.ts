import { COMMON_METHODS } from '../http-methods.js';
import { EVERY_METHOD, type MethodPages, type MethodSemantics, STAR } from './method-pages.js';
import { sectionMethods } from './policy-sections.js';
import type { PolicySection } from '../token-policy.js';

/** What holds for the methods of one page at one place of a policy, as bit sets. */
export interface MethodMasks {
  /** The methods that are allowed. */
  readonly allowed: number;
  /** Those of them that stand literally in `allow` of the section that decided. */
  readonly literal: number;
}

/** The masks where no section decides. */
export function defaultMasks(allow: boolean): MethodMasks {
  return { allowed: allow ? EVERY_METHOD : 0, literal: 0 };
}

/** Makes the masks of a policy's places, for the methods of one page. */
export class PageCompiler {
  readonly #common: number;
  readonly #get: number;
  readonly #head: number;

  constructor(
    private readonly methods: MethodPages,
    private readonly page: number,
    private readonly semantics: MethodSemantics,
  ) {
    const bits = (names: readonly string[]): number =>
      semantics === 'http' ? methods.bitsOn(page, names) : 0;
    this.#common = bits(COMMON_METHODS);
    this.#get = bits(['GET']);
    this.#head = bits(['HEAD']);
  }

  /** The masks of a section; where it is silent, those of the next less specific place hold. */
  section(section: PolicySection | undefined, next: MethodMasks): MethodMasks {
    if (section === undefined) return next;
    const allow = this.methods.bitsOn(this.page, sectionMethods(section, 'allow'));
    const block = this.methods.bitsOn(this.page, sectionMethods(section, 'block'));
    const literal = allow & ~block & EVERY_METHOD;
    const unnamed = ~(block | literal) & EVERY_METHOD;
    if ((block & STAR) !== 0) return { allowed: literal, literal };
    if ((allow & STAR) !== 0) return { allowed: literal | unnamed, literal };
    return { allowed: literal | (unnamed & next.allowed), literal: literal | (unnamed & next.literal) };
  }

  /** The final mask of a place: what the semantics leave of what is allowed there. */
  final({ allowed, literal }: MethodMasks): number {
    if (this.semantics === 'exact') return allowed;
    const mask = allowed & (literal | this.#common);
    const mayHead = (mask & this.#get) !== 0 || (literal & this.#head) !== 0;
    return mayHead ? mask : mask & ~this.#head;
  }
}
