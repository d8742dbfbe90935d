interface Dependency {
  /** Of a parameter of the constructor. */
  readonly param?: unknown;
  /** Of a property. */
  readonly type?: unknown;
}

/** What Nest gives a class: by the types that the compiler has emitted, and by `@Inject()`, which needs none. */
export function injectedDependencies(type: object): unknown[] {
  const metadata = (key: string) => (Reflect.getMetadata(key, type) ?? []) as readonly unknown[];
  const injected = [...metadata('self:paramtypes'), ...metadata('self:properties_metadata')] as Dependency[];
  return [
    ...metadata('design:paramtypes'),
    ...injected.map(({ param, type: property }) => param ?? property),
  ].map(resolveForwardReference);
}

/** What `forwardRef()` stands for. */
export function resolveForwardReference(dependency: unknown): unknown {
  const isForwardReference =
    typeof dependency === 'object' && dependency !== null && 'forwardRef' in dependency;
  return isForwardReference ? (dependency as { forwardRef(): unknown }).forwardRef() : dependency;
}
