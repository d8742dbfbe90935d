/**
 * Puts a token's owner on `request.user`, also where the application has declared it as a getter, as Fastify's
 * `decorateRequest()` does, or as a constant.
 */
export function setRequestUser(request: object, user: unknown): void {
  if (Reflect.set(request, 'user', user)) return;
  Object.defineProperty(request, 'user', {
    value: user,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
