import type { HandlerMethod } from '../routes/metadata.js';
import type { ApiTokenRoute } from './api-token-route.js';

/** A handler as its author finds it: `ProjectController.find (/projects/:id)`. */
export function describeRoute(route: ApiTokenRoute): string {
  return `${handlerName(route)} (${route.context === 'http' ? route.paths.join(', ') : route.context})`;
}

/** A handler by its name: `ProjectController.find`. */
export function handlerName({ controller, handler }: ApiTokenRoute): string {
  return `${controller.name}.${handler}`;
}

/** The function of a handler, which holds its decorators. */
export function handlerMethod({ controller, handler }: ApiTokenRoute): HandlerMethod {
  return (controller.prototype as Record<string, HandlerMethod>)[handler]!;
}
