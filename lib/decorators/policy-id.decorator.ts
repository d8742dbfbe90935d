import { SetMetadata } from '@nestjs/common';
import { POLICY_ID_METADATA, type PolicyIdMetadata, type PolicyIdOptions } from '../http/metadata.js';

/**
 * Names the resource of a controller or of one route in policies. Without it a controller's policy ID is its class name
 * in snake_case: `ReviewRequestController` is `review_request`. On a method it replaces the class's whole value.
 *
 * @example
 * ```ts
 * @PolicyId('repository')
 * @Controller('repositories')
 * class RepositoryController {
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
 */
export function PolicyId(policyId: string, options: PolicyIdOptions = {}): ClassDecorator & MethodDecorator {
  return SetMetadata(POLICY_ID_METADATA, Object.freeze<PolicyIdMetadata>({ ...options, policyId }));
}
