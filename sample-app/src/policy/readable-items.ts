import { Injectable } from '@nestjs/common';
import { type ApiToken, PolicyEvaluator } from 'nestjs-api-token';
import { type ItemCondition, itemCondition } from './item-condition.js';

/** What of a resource a request may read: with a token what its policy allows, without one everything. */
@Injectable()
export class ReadableItems {
  constructor(private readonly evaluator: PolicyEvaluator) {}

  /** The condition for a list query: the guard has authorized the list as a whole, not the items in it. */
  condition(token: ApiToken | undefined, policyId: string): ItemCondition {
    return token === undefined ? {} : itemCondition(this.evaluator.compiled(token).filter(policyId, 'GET'));
  }

  /** For an ID that stands in a body: the guard authorizes the IDs in paths only. */
  includes(token: ApiToken | undefined, policyId: string, id: number): boolean {
    return token === undefined || this.evaluator.compiled(token).allows(policyId, 'GET', String(id));
  }
}
