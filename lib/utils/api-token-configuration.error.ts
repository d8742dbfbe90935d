/** The module or a decorator is set up wrongly. The message says what to write. */
export class ApiTokenConfigurationError extends Error {
  override readonly name = 'ApiTokenConfigurationError';
  readonly code = 'API_TOKEN_CONFIGURATION';
}
