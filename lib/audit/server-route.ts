/** A route as the HTTP server knows it. */
export interface ServerRoute {
  /** Empty where it answers every method. */
  readonly methods: readonly string[];
  readonly path: string;
  /**
   * Whose it may be: for certain no controller's, perhaps one's, or perhaps one's or middleware's, which Express keeps
   * among the routes.
   */
  readonly owner: 'outside' | 'perhaps-controller' | 'perhaps-middleware';
}
