import { type ApiTokenRecord, InMemoryApiTokenStore } from 'nestjs-api-token';

/** As drivers fail: with the address of the database, and with the parameters of the query. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code = 'ECONNREFUSED';

  constructor(readonly parameters: readonly unknown[]) {
    super(`postgres://user:database-password@db/ rejected ${String(parameters)}`, { cause: parameters });
  }
}

/** A store whose methods fail as long as a test names them. */
export class FailingStore extends InMemoryApiTokenStore {
  failing: readonly (keyof InMemoryApiTokenStore)[] = [];

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.#check('findByDigest', digests);
    return super.findByDigest(digests);
  }

  override async insert(...args: Parameters<InMemoryApiTokenStore['insert']>) {
    this.#check('insert', args);
    return super.insert(...args);
  }

  override async rotate(...args: Parameters<InMemoryApiTokenStore['rotate']>) {
    this.#check('rotate', args);
    return super.rotate(...args);
  }

  override async replaceDigest(...args: Parameters<InMemoryApiTokenStore['replaceDigest']>) {
    this.#check('replaceDigest', args);
    return super.replaceDigest(...args);
  }

  override async recordUses(...args: Parameters<InMemoryApiTokenStore['recordUses']>) {
    this.#check('recordUses', args);
    return super.recordUses(...args);
  }

  #check(method: keyof InMemoryApiTokenStore, parameters: readonly unknown[]): void {
    if (this.failing.includes(method)) throw new DriverError(parameters);
  }
}
