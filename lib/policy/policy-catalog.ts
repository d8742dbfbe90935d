/** What an application knows of its own resources, so that a policy can be checked against it before it is stored. */
export interface PolicyCatalog {
  /** The policy IDs the application's routes have. */
  readonly policyIds: readonly string[];
  /** The canonical spelling of an item's ID, or null where it can be none of that resource. */
  canonicalResourceId(policyId: string, resourceId: string): string | null;
}
