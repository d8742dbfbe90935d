/**
 * How findings are reported.
 *
 * @internal
 */
export abstract class AuditOptions {
  /** Whether errors stop the start: unless it is false. */
  abstract readonly strict: boolean | undefined;
}
