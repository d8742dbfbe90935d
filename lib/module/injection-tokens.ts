/** The options as the application gives them. */
export const OPTIONS = Symbol.for('nestjs-api-token:options');
/** The same, checked and with their defaults: a {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol.for('nestjs-api-token:resolved-options');
export const REPOSITORY = Symbol.for('nestjs-api-token:repository');
export const OWNER_PROVIDER = Symbol.for('nestjs-api-token:owner-provider');
/** The current time, as a function. */
export const CLOCK = Symbol.for('nestjs-api-token:clock');
/** What new and changed tokens are checked against: {@link TokenRules}. */
export const TOKEN_RULES = Symbol.for('nestjs-api-token:token-rules');
/** Marks the module class, whichever copy of the package it comes from. */
export const ROOT_MARK = Symbol.for('nestjs-api-token:root');
