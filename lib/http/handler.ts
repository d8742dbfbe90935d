import type { HandlerClass, HandlerMethod } from './metadata.js';

/** A method that answers requests, with what the application around it says of it. */
export interface RouteHandler {
  readonly controller: HandlerClass;
  readonly method: HandlerMethod;
  readonly methodName: string;
  /** Every path it answers, with the prefixes of its controller and its modules. None outside HTTP. */
  readonly paths: readonly string[];
  /** Whether another controller of the application has the same class name. */
  readonly hasNamesake: boolean;
}
