import { describe, expect, it, jest } from '@jest/globals';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { QueryFailedError } from 'typeorm';
import { insertNew, newDigest, newToken } from '../../../lib/testing/store/fixtures.js';
import { retryConflicts } from '../../../lib/stores/typeorm/retry-conflicts.js';
import { sqlite } from '../../support/data-sources.js';

function failure(fields: object): QueryFailedError {
  return new QueryFailedError('UPDATE', [], Object.assign(new Error('undone'), fields));
}

describe('transactions', () => {
  it.each([
    ['PostgreSQL: a deadlock', { code: '40P01' }],
    ['PostgreSQL: a serialization failure', { code: '40001' }],
    ['MariaDB: a deadlock', { code: 'ER_LOCK_DEADLOCK', sqlState: '40001' }],
  ])('are run again where another one won, up to ten times. %s', async (_, fields) => {
    const transaction = jest.fn<() => Promise<string>>().mockRejectedValue(failure(fields));
    await expect(retryConflicts(transaction)).rejects.toThrow('undone');
    expect(transaction).toHaveBeenCalledTimes(10);
    transaction.mockRejectedValueOnce(failure(fields)).mockResolvedValueOnce('done');
    expect(await retryConflicts(transaction)).toBe('done');
  });

  it.each([
    ['a taken key', failure({ code: '23505' })],
    ['a closed connection', new Error('closed')],
  ])('are not run again after another failure: %s', async (_, error) => {
    const transaction = jest.fn<() => Promise<string>>().mockRejectedValue(error);
    await expect(retryConflicts(transaction)).rejects.toBe(error);
    expect(transaction).toHaveBeenCalledTimes(1);
  });

  it('of two stores on one SQLite connection do not undo each other', async () => {
    const opened = await sqlite();
    const { dataSource, drop } = opened!;
    const [one, other] = [new TypeOrmApiTokenStore(dataSource), new TypeOrmApiTokenStore(dataSource)];
    const { token, digest } = await insertNew(one);
    const kept = newToken();
    const answers = await Promise.allSettled([
      one.insert(newToken({ id: token.id }), newDigest(), null),
      other.insert(kept, newDigest(), null),
      one.rotate(token.id, digest, new Date(1), 'acme_next'),
      other.update(token.id, { note: 'kept' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect((await one.findById(kept.id))?.id).toBe(kept.id);
    expect((await one.findById(token.id))?.note).toBe('kept');
    await drop();
  });
});
