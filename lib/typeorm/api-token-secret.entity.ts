import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ApiTokenEntity } from './api-token.entity.js';

/** The digest of a secret of a token. A row of its own, because a token that is being rotated has two. */
@Entity('api_token_secret')
export class ApiTokenSecretEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  digest!: string;

  @Column({ name: 'token_id', type: 'varchar', length: 36 })
  tokenId!: string;

  @ManyToOne(() => ApiTokenEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'token_id' })
  token!: Relation<ApiTokenEntity>;
}
