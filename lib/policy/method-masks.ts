import type { PolicySection } from './token-policy.js';
import { sectionMethods } from './policy-sections.js';

/** How many methods one mask holds: the bits of a small integer that need no boxing. */
export const METHODS_PER_PAGE = 30;

/**
 * What holds for the methods of one page at one place of a policy, as bit sets.
 */
export interface MethodMasks {
  /** The methods that are allowed. */
  readonly allowed: number;
  /** Those of them that stand literally in `allow` of the section that decided. */
  readonly literal: number;
}

const EVERY_METHOD = 2 ** METHODS_PER_PAGE - 1;

/** The masks where no section decides. */
export function defaultMasks(allow: boolean): MethodMasks {
  return { allowed: allow ? EVERY_METHOD : 0, literal: 0 };
}

/** The masks of a section, for the methods of one page; where it is silent, those of the next less specific place hold. */
export function sectionMasks(
  section: PolicySection | undefined,
  bits: ReadonlyMap<string, number>,
  next: MethodMasks,
): MethodMasks {
  const allow = sectionMethods(section, 'allow');
  const block = sectionMethods(section, 'block');
  const blocked = literalBits(block, bits);
  const literal = literalBits(allow, bits) & ~blocked;
  const unnamed = ~(blocked | literal);
  if (block.includes('*')) return { allowed: literal, literal };
  if (allow.includes('*')) return { allowed: literal | (unnamed & EVERY_METHOD), literal };
  return { allowed: literal | (unnamed & next.allowed), literal: literal | (unnamed & next.literal) };
}

function literalBits(methods: readonly string[], bits: ReadonlyMap<string, number>): number {
  let mask = 0;
  for (const method of methods) mask |= bits.get(method) ?? 0;
  return mask;
}
