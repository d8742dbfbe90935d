/** What a test framework has to offer: the functions of Jest, and of Vitest with `globals: true`, as they are. */
export interface StoreTestFramework {
  readonly describe: (title: string, define: () => void) => unknown;
  /** The last parameter is the most milliseconds that the test may take. */
  readonly it: (title: string, run: () => Promise<void>, timeoutMs: number) => unknown;
  readonly beforeAll: (run: () => Promise<void>) => unknown;
  readonly afterAll: (run: () => Promise<void>) => unknown;
}
