import type { HandlerClass, HandlerMethod } from '../routes/metadata.js';
import type { RouteDeclaration } from '../routes/route-declaration.js';

/** A handler of the application as the boot audit sees it. */
export interface ApiTokenRoute {
  /** The controller, gateway or resolver it belongs to. */
  readonly controller: HandlerClass;
  /** The name of the handler's method. */
  readonly handler: string;
  /** What `ExecutionContext.getType()` says in it: `http`, `rpc`, `ws`, `graphql`, or what another library has. */
  readonly context: string;
  /** The HTTP method it is declared for, `ALL` for `@All()`; null outside HTTP. */
  readonly method: string | null;
  /** Every path, with the prefixes of controller, module, application and URI version. None outside HTTP. */
  readonly paths: readonly string[];
  /** The versions it answers; none where it answers whatever the version. */
  readonly versions: readonly string[];
  /** The names of its guards, in the order in which they run. */
  readonly guards: readonly string[];
  /** Whether a guard is among them that is not `ApiTokenPolicyGuard` itself. */
  readonly hasOtherGuards: boolean;
  /**
   * Whether `ApiTokenPolicyGuard` is among them. `out-of-reach`: it is bound to the whole application, which does not
   * reach this handler: in gateways before Nest 12, and in the microservices of a hybrid application unless they were
   * connected with `inheritAppConfig`, which can't be seen; or Nest runs no guards there, as on the fields of GraphQL types.
   */
  readonly guard: 'bound' | 'missing' | 'out-of-reach';
  /** The functions that Nest calls for it: the method of the class, and what instances have in its place. */
  readonly functions: readonly HandlerMethod[];
  /**
   * Whether Nest makes the controller for each request, whose functions can't be known at start, and finds the policy guard on
   * the method alone.
   */
  readonly mayLoseGuard: boolean;
  /** How it is authorized where the guard is bound. */
  readonly policy: RouteDeclaration;
}
