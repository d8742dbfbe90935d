import type { RouteHandler } from './handler.js';

const CONTROLLER_NAME = /^(?<resource>[A-Za-z][A-Za-z0-9]*)Controller$/;

/**
 * The policy ID of a controller that has none written: `ReviewRequestController` is `review_request`. Undefined where
 * the class name can't be relied on: it is another's too, or made by a mixin or a minifier.
 */
export function defaultPolicyId({ controller, hasNamesake }: RouteHandler): string | undefined {
  const resource = CONTROLLER_NAME.exec(controller.name)?.groups?.['resource'];
  if (resource === undefined || hasNamesake) return undefined;
  return resource
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
