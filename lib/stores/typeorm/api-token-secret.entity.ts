import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ApiTokenEntity } from './api-token.entity.js';
import { millisecondsTransformer as transformer } from './milliseconds-transformer.js';

/** The digest of a secret of a token. A row of its own, because a token that has been rotated has several. */
@Entity({ name: 'api_token_secret', synchronize: false })
export class ApiTokenSecretEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  digest!: string;

  @Column({ name: 'token_id', type: 'varchar', length: 36 })
  tokenId!: string;

  @Column({ name: 'expires_at', type: 'bigint', nullable: true, transformer })
  expiresAt!: Date | null;

  @ManyToOne(() => ApiTokenEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'token_id' })
  token!: Relation<ApiTokenEntity>;
}
