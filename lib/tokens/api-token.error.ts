/** What can be wrong with a call of the {@link ApiTokenService}. Stable, for programs. */
export type ApiTokenErrorCode =
  | 'INVALID_OWNER_ID'
  | 'INVALID_NOTE'
  | 'INVALID_METADATA'
  | 'INVALID_EXPIRY'
  | 'INVALID_NOT_BEFORE'
  | 'INVALID_REASON'
  | 'INVALID_ACTOR'
  | 'INVALID_GRACE'
  | 'INVALID_DATE'
  | 'INVALID_AFTER'
  | 'INVALID_LIMIT'
  | 'INVALID_SECRET'
  | 'EMPTY_POLICY'
  | 'UNSAFE_SELECTOR'
  | 'NOTHING_TO_CHANGE'
  | 'SECRET_TAKEN'
  | 'QUOTA_EXCEEDED'
  | 'TOKEN_NOT_FOUND'
  | 'TOKEN_ENDED'
  | 'STORE_REQUIRED'
  | 'DEADLINE_EXCEEDED'
  | 'TOO_MANY_CALLS'
  | 'OUTCOME_UNKNOWN';

/**
 * A call that was rejected. Nothing has changed; of `DEADLINE_EXCEEDED` and `OUTCOME_UNKNOWN` alone that is not known.
 */
export class ApiTokenError extends Error {
  override readonly name: string = 'ApiTokenError';

  constructor(
    readonly code: ApiTokenErrorCode,
    /** The argument that was wrong, or the part of the application. */
    readonly field: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The application's repository can only look tokens up, and something asked it to keep one. */
export class StoreRequiredError extends ApiTokenError {
  override readonly name = 'StoreRequiredError';

  constructor() {
    super(
      'STORE_REQUIRED',
      'repository',
      'The repository of ApiTokenModule.forRoot() only looks tokens up. To issue and manage tokens let it extend ' +
        'ApiTokenStore, or use TypeOrmApiTokenStore of nestjs-api-token/typeorm.',
    );
  }
}
