import { Observable, type Observer, type Operator, Subject, type Subscription } from 'rxjs';
import { swallowErrors } from '../utils/maybe-promise.js';
import type { ApiTokenEvent, ApiTokenFaultSource, NewApiTokenEvent } from './api-token-event.js';
import { describeFault } from './describe-fault.js';
import { AlarmLog } from './alarm-log.js';

/**
 * An Observable whose subscribers can't harm one another or the process: what one throws is dropped. rxjs itself throws
 * it again from a timer, which ends a Node process.
 */
class HarmlessObservable<T> extends Observable<T> {
  // Operators build on `lift`, so that what `pipe` returns is as harmless.
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new HarmlessObservable<R>();
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // A Subscriber is the inside of an operator: its errors have to reach the operator.
    if (observerOrNext instanceof Object && 'destination' in observerOrNext) {
      return super.subscribe(observerOrNext);
    }
    const observer = typeof observerOrNext === 'function' ? { next: observerOrNext } : (observerOrNext ?? {});
    return super.subscribe({
      next: (value) => swallowErrors(() => observer.next?.(value)),
      error: (reason: unknown) => swallowErrors(() => (observer.error ?? error)?.call(observer, reason)),
      complete: () => swallowErrors(() => (observer.complete ?? complete)?.call(observer)),
    });
  }
}

/** Its type hides how it keeps harm from others. */
const TypedObservable: typeof Observable = HarmlessObservable;

/**
 * What happens to tokens, as one typed stream. A subscriber that throws or rejects harms nobody, and nobody waits for the
 * promise of one; one that is busy slows the request that emitted the event, so hand long work to a queue.
 *
 * @example
 * ```ts
 * constructor(events: ApiTokenEvents) {
 *   events.subscribe((event) => {
 *     if (event.type === 'denied') this.logger.warn(`${event.tokenId}: ${event.decision.method} denied`);
 *   });
 * }
 * ```
 */
export class ApiTokenEvents extends TypedObservable<ApiTokenEvent> {
  readonly #subject: Subject<ApiTokenEvent>;
  readonly #alarms = new AlarmLog();

  constructor() {
    const subject = new Subject<ApiTokenEvent>();
    super((subscriber) => subject.subscribe(subscriber));
    this.#subject = subject;
  }

  /** Whether anybody listens: an event that is costly to make is not made for nobody. */
  get observed(): boolean {
    return this.#subject.observed;
  }

  /**
   * Logs what was left out of the log so far.
   *
   * @internal
   */
  close(): void {
    this.#alarms.close();
  }

  /** @internal */
  emit(event: NewApiTokenEvent): void {
    this.#alarms.add(event);
    if (this.#subject.observed) this.#subject.next({ ...event, at: new Date() });
  }

  /**
   * Tells that a part of the application failed, whatever it threw.
   *
   * @internal
   */
  emitFault(component: ApiTokenFaultSource, error: unknown): void {
    this.emit({ type: 'faulted', component, fault: describeFault(error) });
  }
}
