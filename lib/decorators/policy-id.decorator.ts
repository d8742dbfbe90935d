import {
  POLICY_ID_METADATA,
  type PolicyIdMetadata,
  type PolicyIdOptions,
  setRouteMetadata,
} from '../routes/metadata.js';
import {
  callback,
  checkArguments,
  matching,
  objectOf,
  type OptionRule,
  oneOf,
  text,
} from '../utils/option-rules.js';

const policyIdOptions = objectOf({
  param: matching((value) => value === null || typeof value === 'string', 'the name of a parameter, or null'),
  canonical: (...given) =>
    (typeof given[0] === 'function' ? callback : oneOf('int', 'uuid', 'exact'))(...given),
} satisfies Record<keyof PolicyIdOptions, OptionRule>);

/**
 * Names the resource of a controller or of one route in policies. Without it a controller's policy ID is its class name
 * in snake_case: `ReviewRequestController` is `review_request`. On a method it replaces the class's whole value.
 *
 * @example
 * ```ts
 * @PolicyId('project')
 * @Controller('projects')
 * class ProjectController {
 *   @Get()
 *   list() {} // about the collection: the path has no parameter
 *
 *   @Get(':id')
 *   find(@Param('id', ParseIntPipe) id: number) {} // about one item: the path ends in `id`
 *
 *   @PolicyId('review', { param: null })
 *   @Get(':id/reviews')
 *   reviews() {} // about another resource's collection
 * }
 * ```
 *
 * @throws {ApiTokenConfigurationError} Where an argument is of another type, or an option is not known.
 */
export function PolicyId(policyId: string, options: PolicyIdOptions = {}): ClassDecorator & MethodDecorator {
  checkArguments('@PolicyId()', { policyId: text, options: policyIdOptions }, { policyId, options });
  return setRouteMetadata(POLICY_ID_METADATA, Object.freeze<PolicyIdMetadata>({ ...options, policyId }));
}
