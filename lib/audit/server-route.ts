/** A route as the HTTP server knows it. */
export interface ServerRoute {
  /** Empty where it answers every method. */
  readonly methods: readonly string[];
  readonly path: string;
  /**
   * Whose it is: a controller's, nobody's that Nest knows, or perhaps middleware's, which Express keeps among the routes.
   * Unknown where the server keeps too little of it.
   */
  readonly owner: 'controller' | 'outside' | 'middleware' | 'unknown';
}

/** Whether the function that answers a route is one of Nest, which gives it the metadata of the handler. */
export function isControllers(handler: unknown): boolean {
  return typeof handler === 'function' && Reflect.hasMetadata('path', handler);
}
