import {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  InMemoryApiTokenStore,
  type StoredApiToken,
} from 'nestjs-api-token';

/** Mistakes that stores make, each with words from the title of a contract case that has to notice it. */
export const brokenStores: readonly (readonly [notices: string, store: new () => InMemoryApiTokenStore])[] = [
  [
    'keeps the text of policy and metadata byte for byte',
    class ReadsJson extends InMemoryApiTokenStore {
      override async findById(id: string) {
        const token = await super.findById(id);
        return token && { ...token, policy: token.policy && JSON.stringify(JSON.parse(token.policy)) };
      }
    },
  ],
  [
    'gives the text of an unreadable policy back',
    class HidesUnreadablePolicies extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]) {
        const record = super.findByDigest(digests);
        return record?.policy === '{"resources":' ? null : record;
      }
    },
  ],
  [
    'keeps dates to the millisecond',
    class CountsSeconds extends InMemoryApiTokenStore {
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        const createdAt = new Date(Math.floor(token.createdAt.getTime() / 1_000) * 1_000);
        return super.insert({ ...token, createdAt }, digest, quota);
      }
    },
  ],
  [
    'hands out copies',
    class HandsOutItsOwn extends InMemoryApiTokenStore {
      readonly #own = new Map<string, StoredApiToken>();
      override async findById(id: string) {
        const token = this.#own.get(id) ?? (await super.findById(id));
        if (token !== null) this.#own.set(id, token);
        return token;
      }
    },
  ],
  [
    'tells IDs apart by case',
    class TakesIdsForUuids extends InMemoryApiTokenStore {
      override findById(id: string) {
        return super.findById(id.toLowerCase());
      }
    },
  ],
  [
    'lets exactly 3 of 20 expired tokens live again',
    class ForgetsTheQuotaOfUpdates extends InMemoryApiTokenStore {
      override update(id: string, changes: ApiTokenChanges) {
        return super.update(id, changes);
      }
    },
  ],
  [
    'asks no quota for a change after which',
    class AsksTheQuotaOfEveryUpdate extends InMemoryApiTokenStore {
      override async update(id: string, changes: ApiTokenChanges, quota?: ApiTokenQuota | null) {
        const token = await super.findById(id);
        const others = token === null ? [] : await super.list(token.ownerId, { after: null, limit: 1_000 });
        if (quota && token !== null && others.length > quota.limit) return 'quota-exceeded';
        return super.update(id, changes);
      }
    },
  ],
  [
    'changes nothing of a token that would exceed',
    class ChangesAndThenCounts extends InMemoryApiTokenStore {
      override async update(id: string, changes: ApiTokenChanges, quota?: ApiTokenQuota | null) {
        const answer = await super.update(id, changes, quota);
        if (answer === 'quota-exceeded') await super.update(id, { note: changes.note ?? '' });
        return answer;
      }
    },
  ],
  [
    'tells digests apart by case',
    class IgnoresCase extends InMemoryApiTokenStore {
      readonly #spellings = new Map<string, string>();
      override findByDigest(digests: readonly string[]) {
        return super.findByDigest(
          digests.map((digest) => this.#spellings.get(digest.toLowerCase()) ?? digest),
        );
      }
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        if (this.#spellings.has(digest.toLowerCase())) return 'digest-taken';
        this.#spellings.set(digest.toLowerCase(), digest);
        return super.insert(token, digest, quota);
      }
    },
  ],
  [
    'tells owners apart by case, accents and trailing spaces',
    class TrimsOwners extends InMemoryApiTokenStore {
      override insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        return super.insert({ ...token, ownerId: token.ownerId.trimEnd() }, digest, quota);
      }
    },
  ],
  [
    'rejects a digest that is taken, keeps nothing of the token',
    class KeepsWhatItRejects extends InMemoryApiTokenStore {
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        const answer = await super.insert(token, digest, quota);
        if (answer === 'digest-taken') await super.insert(token, `${digest} too`, quota);
        return answer;
      }
    },
  ],
  [
    'lets an owner have exactly 10 of 50',
    class CountsAndThenInserts extends InMemoryApiTokenStore {
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        const tokens = await super.list(token.ownerId, { after: null, limit: 1_000 });
        if (quota !== null && tokens.length >= quota.limit) return 'quota-exceeded';
        return super.insert(token, digest, null);
      }
    },
  ],
  [
    'does not count tokens that are ended or expired',
    class CountsAllTokens extends InMemoryApiTokenStore {
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        return super.insert(token, digest, quota && { ...quota, at: new Date(0) });
      }
    },
  ],
  [
    'lists in the order of IDs over all pages',
    class ListsTheNewestFirst extends InMemoryApiTokenStore {
      override async list(ownerId: string, { after, limit }: ApiTokenPage) {
        const all = await super.list(ownerId, { after: null, limit: 1_000 });
        return all
          .filter(({ id }) => after === null || id > after)
          .toReversed()
          .slice(0, limit);
      }
    },
  ],
  [
    'lists in the order of IDs over all pages',
    class ReadsTheFirstPageOnly extends InMemoryApiTokenStore {
      override list(ownerId: string, { limit }: ApiTokenPage) {
        return super.list(ownerId, { after: null, limit });
      }
    },
  ],
  [
    'lists as expiring what expires later than one time',
    class IncludesFrom extends InMemoryApiTokenStore {
      override listExpiring(from: Date, until: Date, page: ApiTokenPage) {
        return super.listExpiring(new Date(from.getTime() - 1), until, page);
      }
    },
  ],
  [
    'lets changes of different fields at once all hold',
    class WritesTheWholeRow extends InMemoryApiTokenStore {
      override async update(id: string, changes: ApiTokenChanges) {
        const token = await super.findById(id);
        return super.update(id, { ...token, ...changes });
      }
    },
  ],
  [
    'never puts off the end of an older secret',
    class PutsOffTheEnd extends InMemoryApiTokenStore {
      readonly #ends = new Map<string, Date>();
      override rotate(id: string, digest: string, retireAt: Date) {
        this.#ends.set(id, retireAt);
        return super.rotate(id, digest, retireAt, 'acme_next');
      }
      override findByDigest(digests: readonly string[]) {
        const record = super.findByDigest(digests);
        return record?.secretExpiresAt ? { ...record, secretExpiresAt: this.#ends.get(record.id)! } : record;
      }
    },
  ],
  [
    'does nothing, and does not fail, where the new digest is there already',
    class FailsForAKnownDigest extends InMemoryApiTokenStore {
      override async replaceDigest(digest: string, replacement: string) {
        if (super.findByDigest([replacement]) !== null) throw new Error('duplicate key');
        return super.replaceDigest(digest, replacement);
      }
    },
  ],
  [
    'ends a token once',
    class EndsAgain extends InMemoryApiTokenStore {
      override async revoke(id: string, at: Date, reason: string) {
        const token = await super.revoke(id, at, reason);
        return token && { ...token, revokedAt: at, revocationReason: reason };
      }
    },
  ],
  [
    'ends nobody for an empty list of owners',
    class TakesNobodyForAll extends InMemoryApiTokenStore {
      override revokeMany(selector: ApiTokenSelector, at: Date, reason: string) {
        const isEmpty = 'owners' in selector && selector.owners.length === 0;
        return super.revokeMany(isEmpty ? { all: true } : selector, at, reason);
      }
    },
  ],
  [
    'keeps the latest use of a token, and nothing that is earlier',
    class KeepsTheLastWrite extends InMemoryApiTokenStore {
      readonly #uses = new Map<string, Date>();
      override async recordUses(uses: ReadonlyMap<string, Date>) {
        for (const [id, usedAt] of uses) this.#uses.set(id, usedAt);
      }
      override async findById(id: string) {
        const token = await super.findById(id);
        return token && { ...token, lastUsedAt: this.#uses.get(id) ?? null };
      }
      override findByDigest(digests: readonly string[]) {
        const record = super.findByDigest(digests);
        return record && { ...record, lastUsedAt: this.#uses.get(record.id) ?? null };
      }
    },
  ],
  [
    'removes a token with all of its secrets',
    class KeepsSecrets extends InMemoryApiTokenStore {
      readonly #found = new Map<string, ReturnType<InMemoryApiTokenStore['findByDigest']>>();
      override async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
        const answer = await super.insert(token, digest, quota);
        this.#found.set(digest, super.findByDigest([digest]));
        return answer;
      }
      override findByDigest(digests: readonly string[]) {
        return super.findByDigest(digests) ?? this.#found.get(digests[0] ?? '') ?? null;
      }
    },
  ],
  [
    'prunes tokens that were ended or expired before a time, not at it',
    class PrunesTooMuch extends InMemoryApiTokenStore {
      override prune(before: Date) {
        return super.prune(new Date(before.getTime() + 1));
      }
    },
  ],
  [
    'keeps nothing of a secret for a token that is not there',
    class RotatesNothing extends InMemoryApiTokenStore {
      override async rotate(id: string, digest: string, retireAt: Date) {
        const answer = await super.rotate(id, digest, retireAt, 'acme_next');
        return answer === 'not-found' ? 'rotated' : answer;
      }
    },
  ],
];
