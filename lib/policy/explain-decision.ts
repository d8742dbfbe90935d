import { COMMON_METHODS } from './http-methods.js';
import { jsonPointer } from './json-pointer.js';
import type { MethodSemantics } from './compiled/method-pages.js';
import type { DefaultPolicyDecision, PolicyRule, PolicyTrailStep } from './policy-decision.js';
import { type PolicySections, sectionMethods } from './compiled/policy-sections.js';
import type { PolicySection } from './token-policy.js';

/** What is asked of a policy: a method, on a resource, on an item of it or (null) on its collection. */
export interface PolicyAccess {
  readonly policyId: string;
  readonly method: string;
  /** The item's canonical ID; null on a collection route. Never optional, so that no item is authorized as a collection. */
  readonly resourceId: string | null;
}

/** Why a decision is as it is. */
export interface Explanation {
  readonly rule: PolicyRule | null;
  readonly trail: readonly PolicyTrailStep[];
}

const COMMON: ReadonlySet<string> = new Set(COMMON_METHODS);

/** Finds the rule that decides, by reading the sections in the order in which they are consulted. */
export function explainDecision(
  sections: PolicySections,
  access: PolicyAccess,
  semantics: MethodSemantics,
  defaultDecision: DefaultPolicyDecision,
): Explanation {
  if (!isText(access))
    return { rule: null, trail: [{ pointer: jsonPointer('resources'), outcome: 'not-text' }] };
  const explanation = firstRule(consultedSections(sections, access), access.method);
  const { rule, literal, trail } = explanation;
  if (semantics === 'exact' || literal || !allows(rule, defaultDecision)) return explanation;
  if (!COMMON.has(access.method)) return { rule: null, trail: tightened(trail, 'needs-literal') };
  if (access.method !== 'HEAD') return explanation;
  const get = explainDecision(sections, { ...access, method: 'GET' }, semantics, defaultDecision);
  return allows(get.rule, defaultDecision)
    ? explanation
    : { rule: get.rule, trail: tightened(trail, 'needs-get') };
}

/** Whether it is what TypeScript says: in JavaScript it may be anything. */
function isText({ policyId, method, resourceId }: PolicyAccess): boolean {
  const texts: unknown[] = resourceId === null ? [policyId, method] : [policyId, method, resourceId];
  return texts.every((value) => typeof value === 'string');
}

function allows(rule: PolicyRule | null, defaultDecision: DefaultPolicyDecision): boolean {
  return (rule?.effect ?? defaultDecision) === 'allow';
}

type ConsultedSection = readonly [pointer: string, section: PolicySection | undefined];

function consultedSections(
  { global, resources }: PolicySections,
  { policyId, resourceId }: PolicyAccess,
): ConsultedSection[] {
  const resource = resources.get(policyId);
  const consulted: ConsultedSection[] = [
    [jsonPointer('resources', policyId, '*'), resource?.all],
    [jsonPointer('resources', '*'), global],
  ];
  if (resourceId === null) return consulted;
  return [[jsonPointer('resources', policyId, resourceId), resource?.items.get(resourceId)], ...consulted];
}

function firstRule(
  sections: readonly ConsultedSection[],
  method: string,
): Explanation & { literal: boolean } {
  const trail: PolicyTrailStep[] = [];
  for (const [pointer, section] of sections) {
    for (const name of [method, '*']) {
      const rule = ruleOf(pointer, section, name);
      if (rule === null) continue;
      trail.push({ pointer, outcome: rule.effect });
      return { rule, literal: name !== '*', trail };
    }
    const named = sectionMethods(section, 'allow').length + sectionMethods(section, 'block').length;
    trail.push({ pointer, outcome: named === 0 ? 'absent' : 'silent' });
  }
  return { rule: null, literal: false, trail };
}

function ruleOf(pointer: string, section: PolicySection | undefined, name: string): PolicyRule | null {
  for (const effect of ['block', 'allow'] as const) {
    const index = sectionMethods(section, effect).indexOf(name);
    if (index >= 0) return { pointer: pointer + jsonPointer(effect, index), effect };
  }
  return null;
}

function tightened(
  trail: readonly PolicyTrailStep[],
  outcome: 'needs-literal' | 'needs-get',
): PolicyTrailStep[] {
  return [...trail.slice(0, -1), { pointer: trail.at(-1)!.pointer, outcome }];
}
