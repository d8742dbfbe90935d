export declare class ApiTokenEntity implements StoredApiToken {
    id: string;
    ownerId: string;
    kind: string;
    policy: string | null;
    note: string;
    metadata: string | null;
    createdAt: Date;
    notBefore: Date | null;
    expiresAt: Date | null;
    pausedAt: Date | null;
    invalidatedAt: Date | null;
    invalidationReason: string | null;
    lastUsedAt: Date | null;
}

export declare class ApiTokenOwnerEntity {
    ownerId: string;
}

export declare class ApiTokenSecretEntity {
    digest: string;
    tokenId: string;
    expiresAt: Date | null;
    token: Relation<ApiTokenEntity>;
}

export declare class CreateApiTokens1763769600000 implements MigrationInterface {
    readonly name = "CreateApiTokens1763769600000";
    up(queryRunner: QueryRunner): Promise<void>;
    down(queryRunner: QueryRunner): Promise<void>;
}

export declare class TypeOrmApiTokenStore extends ApiTokenStore {
    #private;
    constructor(dataSource: DataSource);
    findByDigest(digests: readonly string[]): Promise<ApiTokenRecord | null>;
    insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;
    findById(id: string): Promise<StoredApiToken | null>;
    list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    update(id: string, changes: ApiTokenChanges): Promise<StoredApiToken | null>;
    rotate(id: string, digest: string, retireAt: Date): Promise<'rotated' | 'digest-taken' | 'not-found'>;
    replaceDigest(digest: string, replacement: string): Promise<void>;
    invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
    invalidateMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;
    recordUses(uses: ReadonlyMap<string, Date>): Promise<void>;
    remove(id: string): Promise<boolean>;
    prune(before: Date): Promise<number>;
}

export declare const apiTokenEntities: readonly [
    typeof ApiTokenEntity,
    typeof ApiTokenSecretEntity,
    typeof ApiTokenOwnerEntity
];

export declare const apiTokenMigrations: readonly [
    typeof CreateApiTokens1763769600000
];
