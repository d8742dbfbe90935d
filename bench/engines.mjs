/** The contestants of the decisions. Each is made from a policy document and answers `allows(policyId, method, resourceId)`. */
import { AbilityBuilder, createMongoAbility, subject } from '@casl/ability';
import { compilePolicy } from 'nestjs-api-token/policy';
import { METHODS } from './workload.mjs';

/** Reads the document anew for each decision, section by section, as djblets does. */
export class Interpreter {
  constructor(policy) {
    this.resources = policy.resources;
  }

  allows(policyId, method, resourceId) {
    const resource = own(this.resources, policyId);
    const item = resource !== undefined && resourceId !== null ? own(resource, resourceId) : undefined;
    return (
      this.#judge(item, method) ??
      this.#judge(resource && own(resource, '*'), method) ??
      this.#judge(own(this.resources, '*'), method) ??
      true
    );
  }

  #judge(section, method) {
    if (section === undefined) return undefined;
    const { allow, block } = section;
    if (block?.includes(method)) return false;
    if (allow?.includes(method)) return true;
    if (block?.includes('*')) return false;
    if (allow?.includes('*')) return true;
    return undefined;
  }
}

/**
 * The limit: what is left when nothing but the question has to be answered. One map for the methods, one for the policy
 * IDs, one per policy ID for its items, and a mask at the end.
 */
export class NestedMaps {
  #bits = new Map(METHODS.map((method, index) => [method, 1 << index]));
  #resources = new Map();
  #unlisted;

  constructor(policy) {
    const answers = new Interpreter(policy);
    const mask = (policyId, resourceId) =>
      METHODS.reduce(
        (sum, method, index) => sum | (Number(answers.allows(policyId, method, resourceId)) << index),
        0,
      );
    // Nothing but "*" can be said of "*", so it stands for the policy IDs that the policy does not speak of.
    this.#unlisted = mask('', null);
    for (const [policyId, sections] of Object.entries(policy.resources)) {
      if (policyId === '*') continue;
      const items = Object.keys(sections).filter((resourceId) => resourceId !== '*');
      this.#resources.set(policyId, {
        rest: mask(policyId, null),
        items: new Map(items.map((resourceId) => [resourceId, mask(policyId, resourceId)])),
      });
    }
  }

  allows(policyId, method, resourceId) {
    const bit = this.#bits.get(method) ?? 0;
    const resource = this.#resources.get(policyId);
    if (resource === undefined) return (this.#unlisted & bit) !== 0;
    const mask = resourceId === null ? undefined : resource.items.get(resourceId);
    return ((mask ?? resource.rest) & bit) !== 0;
  }
}

/** CASL as its guide writes it: the subject is the kind of thing, and conditions pick the item. */
export class CaslConditions {
  constructor(policy) {
    this.ability = buildAbility((builder) => {
      addSection(builder, policy.resources['*'], 'all');
      for (const [policyId, sections] of Object.entries(policy.resources)) {
        if (policyId === '*') continue;
        addSection(builder, sections['*'], policyId);
        for (const [id, section] of Object.entries(sections)) {
          if (id !== '*') addSection(builder, section, policyId, { id });
        }
      }
    });
  }

  allows(policyId, method, resourceId) {
    // Asked for the name alone, CASL answers whether any item is allowed: a collection has to be a subject as well.
    return this.ability.can(method, subject(policyId, { id: resourceId }));
  }
}

/** CASL tuned: each listed item is a kind of its own, so that no conditions have to be tried. */
export class CaslTypes {
  constructor(policy) {
    this.listed = new Map();
    this.ability = buildAbility((builder) => {
      addSection(builder, policy.resources['*'], 'all');
      for (const [policyId, sections] of Object.entries(policy.resources)) {
        if (policyId === '*') continue;
        addSection(builder, sections['*'], policyId);
        const types = new Map();
        this.listed.set(policyId, types);
        for (const [id, section] of Object.entries(sections)) {
          if (id === '*') continue;
          const type = `${policyId}:${id}`;
          types.set(id, type);
          addSection(builder, sections['*'], type);
          addSection(builder, section, type);
        }
      }
    });
  }

  allows(policyId, method, resourceId) {
    const type = resourceId === null ? undefined : this.listed.get(policyId)?.get(resourceId);
    return this.ability.can(method, type ?? policyId);
  }
}

/** Every contestant, ours first, then the limit it is measured against. */
export const ENGINES = [
  { name: 'CompiledPolicy.allows', make: (policy) => compilePolicy(policy) },
  { name: 'nested Map with bit masks (limit)', make: (policy) => new NestedMaps(policy) },
  { name: 'interpreter of the JSON', make: (policy) => new Interpreter(policy) },
  { name: '@casl/ability, a type per item', make: (policy) => new CaslTypes(policy) },
  { name: '@casl/ability, conditions', make: (policy) => new CaslConditions(policy) },
];

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function buildAbility(define) {
  const builder = new AbilityBuilder(createMongoAbility);
  builder.can('manage', 'all');
  define(builder);
  return builder.build();
}

/** Weakest first, because in CASL the last rule that fits wins. `manage` is CASL's `*`. */
function addSection({ can, cannot }, section, type, conditions) {
  const { allow = [], block = [] } = section ?? {};
  const literals = (methods) => methods.filter((method) => method !== '*');
  if (allow.includes('*')) can('manage', type, conditions);
  if (block.includes('*')) cannot('manage', type, conditions);
  if (literals(allow).length > 0) can(literals(allow), type, conditions);
  if (literals(block).length > 0) cannot(literals(block), type, conditions);
}
