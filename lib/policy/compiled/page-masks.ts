import { type ItemMasks, ItemMasksBuilder, type NumberedMasks } from './item-masks.js';
import { defaultMasks, type PageCompiler } from './method-masks.js';
import type { DefaultPolicyDecision } from '../policy-decision.js';
import type { PolicySections } from './policy-sections.js';

/** The masks of one policy ID: of its items, and of its collection and the items that are not listed. */
export interface ResourceMasks extends ItemMasks {
  readonly mask: number;
}

/** The masks of a whole policy for the methods of one page. */
export interface PageMasks {
  /** For policy IDs that the policy does not speak of. */
  readonly mask: number;
  readonly resources: ReadonlyMap<string, ResourceMasks>;
  readonly numbered: NumberedMasks;
}

/** Makes the masks of all places of a policy. */
export function pageMasks(
  { global, resources }: PolicySections,
  compiler: PageCompiler,
  defaultDecision: DefaultPolicyDecision,
): PageMasks {
  const globalMasks = compiler.section(global, defaultMasks(defaultDecision === 'allow'));
  const builder = new ItemMasksBuilder();
  const compiled = new Map<string, ResourceMasks>();
  for (const [policyId, { all, items }] of resources) {
    const resourceMasks = compiler.section(all, globalMasks);
    const { ids } = items;
    const masks = ids.map((id) => compiler.final(compiler.section(items.get(id), resourceMasks)));
    compiled.set(policyId, { mask: compiler.final(resourceMasks), ...builder.add(ids, masks) });
  }
  return { mask: compiler.final(globalMasks), resources: compiled, numbered: builder.numberedMasks() };
}
