import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import type { AuditedOptions } from '../audit-options.js';
import { describeRoute } from '../describe-route.js';

/** What wraps the answer of a rejection, by context. GraphQL answers with any exception of HTTP. */
const WRAPPERS = new Map([
  ['rpc', 'RpcException'],
  ['ws', 'WsException'],
]);

/**
 * Handlers of messages that the guard denies as nothing says how to read them, that guards do not reach, or whose clients
 * are not told why they are rejected.
 */
export function contextFindings(route: ApiTokenRoute, options: AuditedOptions): ApiTokenAuditFinding[] {
  const { context, guard, policy } = route;
  if (context === 'http' || policy.kind === 'skipped') return [];
  const handler = describeRoute(route);
  if (guard === 'bound') return answerFindings(route, options);
  if (guard === 'missing' || options.requests.contexts[context] === 'skip') return [];
  if (context !== 'rpc' && context !== 'ws') {
    const message =
      context === 'graphql'
        ? 'Nest runs no guards on field resolvers, so that no policy is asked. Write fieldResolverEnhancers: ' +
          "['guards'] in GraphQLModule.forRoot(), or take the guard and the decorators of API tokens off the field: its " +
          'query is authorized already.'
        : `the library that calls handlers of the type "${context}" runs no guards, so that no policy is asked. Take the ` +
          'guard and the decorators of API tokens off the handler.';
    return [{ severity: 'error', handler, code: 'GUARDS_NOT_RUN', message }];
  }
  const reason =
    context === 'rpc'
      ? 'global guards reach it only after connectMicroservice(..., { inheritAppConfig: true }), which can not be seen'
      : 'global guards do not reach gateways in this version of Nest';
  const message =
    `${reason}. Bind @UseGuards(ApiTokenPolicyGuard) to it, or mark it with @SkipApiTokenPolicy() or ` +
    `requests: { contexts: { ${context}: 'skip' } } in ApiTokenModule.forRoot() where it needs none.`;
  return [{ severity: 'warning', handler, code: 'GLOBAL_GUARD_OUT_OF_REACH', message }];
}

function answerFindings(route: ApiTokenRoute, { requests, errors }: AuditedOptions): ApiTokenAuditFinding[] {
  const { context } = route;
  const found = { severity: 'warning', handler: describeRoute(route) } as const;
  const treatment = requests.contexts[context];
  if (treatment === undefined) {
    const message =
      'the guard denies every message, as nothing says how to read one. Write ' +
      `requests: { contexts: { ${memberName(context)}: ... } } in ApiTokenModule.forRoot() with an adapter or 'skip', or ` +
      "'deny' where that is meant, or mark it with @SkipApiTokenPolicy().";
    return [{ ...found, code: 'CONTEXT_DENIED', message }];
  }
  const wrapper = WRAPPERS.get(context);
  const isAnswered = typeof treatment === 'string' || treatment.exception !== undefined;
  if (wrapper === undefined || isAnswered || errors.exceptionFactory !== null) return [];
  const message =
    `Nest answers each rejection with "Internal server error", as it is not a ${wrapper}. Write exception: ` +
    `(_, exception) => new ${wrapper}(exception.getResponse()) in the adapter of requests.contexts.${context}.`;
  return [{ ...found, code: 'REJECTION_WITHOUT_ANSWER', message }];
}

/** The name of a member of an object as it is written. */
function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
