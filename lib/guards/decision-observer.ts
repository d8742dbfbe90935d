import type { ExecutionContext } from '@nestjs/common';
import type { Rejection } from '../request/rejection.js';
import type { AllowedAccess } from '../request/request-state.js';

/** What the guard decided about a request. */
export type GuardDecision =
  /** The guard does not check it: its route, its context or `skipIf` says so. */
  | { readonly outcome: 'skipped'; readonly by: 'declaration' | 'context' | 'skip-if' }
  /** It came without a token, which `credentials: 'optional'` lets pass. */
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'allowed'; readonly access: AllowedAccess }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection };

/** Called with a decision, before anything is thrown. It must not throw itself. */
export type DecisionObserver = (context: ExecutionContext, decision: GuardDecision) => void;

/** Who observes the decisions of an application's guard, the allowed ones too. */
export class DecisionObservers {
  readonly #observers = new Set<DecisionObserver>();

  /** Whether anybody observes: a decision is not described for nobody. */
  get observed(): boolean {
    return this.#observers.size > 0;
  }

  add(observer: DecisionObserver): void {
    this.#observers.add(observer);
  }

  notify(context: ExecutionContext, decision: GuardDecision): void {
    for (const observer of this.#observers) observer(context, decision);
  }
}
