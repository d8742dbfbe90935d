import type { PolicySection, ResourcePolicy, TokenPolicy } from '../token-policy.js';

/** The sections of single items, by resource ID: the own keys of a document's record, but for `*`. */
export class ItemSections {
  constructor(private readonly record: Readonly<Record<string, PolicySection>>) {}

  get ids(): readonly string[] {
    return Object.keys(this.record).filter((id) => id !== '*');
  }

  get(resourceId: string): PolicySection | undefined {
    return resourceId === '*' ? undefined : own(this.record, resourceId);
  }
}

/** The sections of one policy ID. */
export interface ResourceSections {
  /** The section of every item and the collection. */
  readonly all: PolicySection | undefined;
  readonly items: ItemSections;
}

/** The sections of a policy by what they are about, each kind under its own name. */
export interface PolicySections {
  readonly global: PolicySection | undefined;
  readonly resources: ReadonlyMap<string, ResourceSections>;
}

/** Sorts a document's sections. Reads own keys only, so that a polluted `Object.prototype` adds nothing. */
export function policySections(policy: TokenPolicy): PolicySections {
  const record = (own({ ...policy }, 'resources') ?? {}) as Readonly<Record<string, ResourcePolicy>>;
  const resources = new Map<string, ResourceSections>();
  for (const [policyId, sections] of Object.entries(record)) {
    if (policyId === '*') continue;
    resources.set(policyId, { all: own(sections, '*'), items: new ItemSections(sections) });
  }
  return { global: own(record, '*') as PolicySection | undefined, resources };
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

const NONE: readonly string[] = [];

/** The methods a section allows or blocks. */
export function sectionMethods(
  section: PolicySection | undefined,
  effect: 'allow' | 'block',
): readonly string[] {
  return (section !== undefined && Object.hasOwn(section, effect) && section[effect]) || NONE;
}
