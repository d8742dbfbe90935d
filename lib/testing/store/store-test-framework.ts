/**
 * What a test framework has to offer: the functions of Jest, and of Vitest with `globals: true`, as they are. `timeoutMs`
 * is how long a test or a hook may take, in milliseconds.
 */
export interface StoreTestFramework {
  readonly describe: (title: string, define: () => void) => unknown;
  readonly it: (title: string, run: () => Promise<void>, timeoutMs: number) => unknown;
  readonly beforeAll: (run: () => Promise<void>, timeoutMs: number) => unknown;
  readonly afterAll: (run: () => Promise<void>, timeoutMs: number) => unknown;
}
