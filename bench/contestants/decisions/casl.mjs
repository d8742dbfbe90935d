import { AbilityBuilder, createMongoAbility, subject } from '@casl/ability';

/** CASL as its guide writes it: the subject is the kind of thing, and conditions pick the item. */
export class CaslConditions {
  constructor(policy) {
    this.ability = buildAbility(policy, (builder, policyId, sections) => {
      for (const [id, section] of itemSections(sections)) addSection(builder, section, policyId, { id });
    });
  }

  allows(policyId, method, resourceId) {
    // Asked for the name alone, CASL answers whether any item is allowed: a collection has to be a subject as well.
    return this.ability.can(method, subject(policyId, { id: resourceId }));
  }
}

/** CASL with fewer rules: one for all items of a policy ID whose sections say the same. */
export class CaslGroups {
  constructor(policy) {
    this.ability = buildAbility(policy, (builder, policyId, sections) => {
      const groups = new Map();
      for (const [id, section] of itemSections(sections)) {
        const says = JSON.stringify(section);
        const group = groups.get(says) ?? { section, ids: [] };
        groups.set(says, group);
        group.ids.push(id);
      }
      for (const { section, ids } of groups.values()) {
        addSection(builder, section, policyId, { id: { $in: ids } });
      }
    });
  }

  allows(policyId, method, resourceId) {
    return this.ability.can(method, subject(policyId, { id: resourceId }));
  }
}

/** CASL tuned: each listed item is a kind of its own, so that no conditions have to be tried. */
export class CaslTypes {
  constructor(policy) {
    this.listed = new Map();
    this.ability = buildAbility(policy, (builder, policyId, sections) => {
      const types = new Map();
      this.listed.set(policyId, types);
      for (const [id, section] of itemSections(sections)) {
        const type = `${policyId}:${id}`;
        types.set(id, type);
        addSection(builder, sections['*'], type);
        addSection(builder, section, type);
      }
    });
  }

  allows(policyId, method, resourceId) {
    const type = resourceId === null ? undefined : this.listed.get(policyId)?.get(resourceId);
    return this.ability.can(method, type ?? policyId);
  }
}

/** Weakest first, because in CASL the last rule that fits wins. */
function buildAbility(policy, addItems) {
  const builder = new AbilityBuilder(createMongoAbility);
  builder.can('manage', 'all');
  addSection(builder, policy.resources['*'], 'all');
  for (const [policyId, sections] of Object.entries(policy.resources)) {
    if (policyId === '*') continue;
    addSection(builder, sections['*'], policyId);
    addItems(builder, policyId, sections);
  }
  return builder.build();
}

/**
 * The rules of one section, weakest first; `manage` is CASL's `*`.
 *
 * @param {{ can: Function, cannot: Function }} builder
 * @param {object | undefined} section
 * @param {string} type
 * @param {object} [conditions]
 */
export function addSection({ can, cannot }, section, type, conditions) {
  const { allow = [], block = [] } = section ?? {};
  const literals = (methods) => methods.filter((method) => method !== '*');
  if (allow.includes('*')) can('manage', type, conditions);
  if (block.includes('*')) cannot('manage', type, conditions);
  if (literals(allow).length > 0) can(literals(allow), type, conditions);
  if (literals(block).length > 0) cannot(literals(block), type, conditions);
}

function itemSections(sections) {
  return Object.entries(sections).filter(([id]) => id !== '*');
}
