import type { StoredApiToken } from '../../tokens/api-token-record.js';

const TEXTS = ['id', 'ownerId', 'kind', 'hint', 'policy', 'note', 'metadata'] as const;

/** The database has made another text of one. */
export class AlteredTextError extends Error {
  override readonly name = 'AlteredText';
}

/**
 * Holds what the database keeps against what was written: a connection with a charset such as `latin1` writes a question
 * mark for each character that it does not have, and two owners become one.
 *
 * @throws {AlteredTextError} Where a text is another one. The transaction has to be undone.
 */
export function checkText(kept: StoredApiToken | null, written: Partial<StoredApiToken>): void {
  const altered = TEXTS.find((name) => written[name] !== undefined && kept?.[name] !== written[name]);
  if (altered === undefined) return;
  throw new AlteredTextError(
    `The database keeps another ${altered} than the one that was written. The charset of the connection, the database ` +
      'and the columns has to be utf8mb4 on MariaDB and MySQL, UTF8 on PostgreSQL.',
  );
}
