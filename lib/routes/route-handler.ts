import type { HandlerClass, HandlerMethod } from './metadata.js';

/** A method that answers requests, with what the application around it says of it. */
export interface RouteHandler {
  readonly controller: HandlerClass;
  readonly method: HandlerMethod;
  readonly methodName: string;
  /** What `ExecutionContext.getType()` says in it. */
  readonly context: string;
  /** Every path it answers, with all prefixes. None outside HTTP. */
  readonly paths: readonly string[];
  /** The same paths without the prefixes of modules and of the application. */
  readonly ownPaths: readonly string[];
  /** The versions it answers; none where it answers whatever the version. */
  readonly versions: readonly string[];
  /** Whether another controller's class name makes the same policy ID. */
  readonly hasNamesake: boolean;
  /** Whether Nest runs no guard for it, whichever are bound, as for the fields of GraphQL types. */
  readonly isBeyondGuards?: boolean;
}
