import type { RouteHandler } from './route-handler.js';
import type { HandlerClass } from './metadata.js';

const CONTROLLER_NAME = /^(?<resource>[A-Za-z][A-Za-z0-9]*)Controller$/;

/**
 * The policy ID of a controller that has none written: `ReviewRequestController` is `review_request`. Undefined where
 * the class name can't be relied on: it makes another's policy ID too, or it was made by a mixin or a minifier.
 */
export function defaultPolicyId({
  controller,
  hasNamesake,
}: Pick<RouteHandler, 'controller' | 'hasNamesake'>): string | undefined {
  return hasNamesake ? undefined : derivedPolicyId(controller);
}

/** The policy ID that a controller's name makes, if it is one's only. */
export function derivedPolicyId({ name }: HandlerClass): string | undefined {
  return CONTROLLER_NAME.exec(name)
    ?.groups?.['resource']?.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
