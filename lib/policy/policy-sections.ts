import type { PolicySection, TokenPolicy } from './token-policy.js';

/** The sections of one policy ID. */
export interface ResourceSections {
  /** The section of every item and the collection. */
  readonly all: PolicySection | undefined;
  /** The sections of single items, by resource ID. */
  readonly items: ReadonlyMap<string, PolicySection>;
}

/** The sections of a policy by what they are about, each kind under its own name. */
export interface PolicySections {
  readonly global: PolicySection | undefined;
  readonly resources: ReadonlyMap<string, ResourceSections>;
}

/** Sorts a document's sections. Reads own keys only, so that a polluted `Object.prototype` adds nothing. */
export function policySections(policy: TokenPolicy): PolicySections {
  const documentEntries = new Map(Object.entries(policy));
  const { all: global, rest } = splitStar<PolicySection, Record<string, PolicySection>>(
    documentEntries.get('resources'),
  );
  const resources = new Map<string, ResourceSections>();
  for (const [policyId, sections] of rest) {
    const { all, rest: items } = splitStar<PolicySection, PolicySection>(sections);
    resources.set(policyId, { all, items });
  }
  return { global, resources };
}

function splitStar<Star, Other>(record: unknown): { all: Star | undefined; rest: Map<string, Other> } {
  const rest = new Map<string, unknown>(Object.entries(record ?? {}));
  const all = rest.get('*') as Star | undefined;
  rest.delete('*');
  return { all, rest: rest as Map<string, Other> };
}

/** The methods a section allows or blocks. */
export function sectionMethods(
  section: PolicySection | undefined,
  effect: 'allow' | 'block',
): readonly string[] {
  return (section !== undefined && Object.hasOwn(section, effect) && section[effect]) || [];
}
