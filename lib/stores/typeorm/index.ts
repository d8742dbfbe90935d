import { ApiTokenOwnerEntity } from './api-token-owner.entity.js';
import { ApiTokenSecretEntity } from './api-token-secret.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { CreateApiTokens1763769600000 } from './create-api-tokens.migration.js';

export { ApiTokenEntity, ApiTokenOwnerEntity, ApiTokenSecretEntity, CreateApiTokens1763769600000 };
export { TypeOrmApiTokenStore } from './typeorm-api-token.store.js';

/** The entities of {@link TypeOrmApiTokenStore}, for the `entities` of a data source. */
export const apiTokenEntities = [ApiTokenEntity, ApiTokenSecretEntity, ApiTokenOwnerEntity] as const;

/** What makes the tables of {@link TypeOrmApiTokenStore}, for the `migrations` of a data source. */
export const apiTokenMigrations = [CreateApiTokens1763769600000] as const;
