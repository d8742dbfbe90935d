import type { HandlerMethod } from '../http/metadata.js';
import type { ApiTokenRoute } from './api-token-route.js';

/** A handler as its author finds it: `RepositoryController.find (/repositories/:id)`. */
export function describeRoute({ controller, handler, context, paths }: ApiTokenRoute): string {
  return `${controller.name}.${handler} (${context === 'http' ? paths.join(', ') : context})`;
}

/** The function of a handler, which holds its decorators. */
export function handlerMethod({ controller, handler }: ApiTokenRoute): HandlerMethod {
  return (controller.prototype as Record<string, HandlerMethod>)[handler]!;
}
