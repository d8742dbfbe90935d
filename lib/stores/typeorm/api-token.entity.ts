import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredApiToken } from '../../tokens/api-token-record.js';
import { millisecondsTransformer as transformer } from './milliseconds-transformer.js';

/**
 * A token, without its secrets. The migration makes its table: it knows what an entity can't say, such as a collation for
 * each database.
 */
@Entity({ name: 'api_token', synchronize: false })
export class ApiTokenEntity implements StoredApiToken {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'owner_id', type: 'varchar', length: 255 })
  ownerId!: string;

  @Column({ type: 'varchar', length: 32 })
  kind!: string;

  @Column({ type: 'varchar', length: 32, nullable: true })
  hint!: string | null;

  /** JSON text, so that a document comes back as it was written, whatever the database thinks of JSON. */
  @Column({ type: 'text', nullable: true })
  policy!: string | null;

  @Column({ type: 'text' })
  note!: string;

  @Column({ type: 'text', nullable: true })
  metadata!: string | null;

  @Column({ name: 'created_at', type: 'bigint', transformer })
  createdAt!: Date;

  @Column({ name: 'not_before', type: 'bigint', nullable: true, transformer })
  notBefore!: Date | null;

  @Column({ name: 'expires_at', type: 'bigint', nullable: true, transformer })
  expiresAt!: Date | null;

  @Column({ name: 'paused_at', type: 'bigint', nullable: true, transformer })
  pausedAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'bigint', nullable: true, transformer })
  revokedAt!: Date | null;

  @Column({ name: 'revocation_reason', type: 'text', nullable: true })
  revocationReason!: string | null;

  @Column({ name: 'last_used_at', type: 'bigint', nullable: true, transformer })
  lastUsedAt!: Date | null;
}
