import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { ApiTokenFormat, ApiTokenGenerator } from './api-token-format.js';
import { checkedFormat, checkedGenerator } from './checked-format.js';
import { DefaultTokenGenerator } from './default-token-generator.js';

/** The formats of secrets besides the default one. */
export interface ApiTokenFormats {
  /**
   * Generates new secrets.
   *
   * @default `<prefix>_`, 256 random bits and a checksum
   */
  readonly issued?: ApiTokenGenerator;
  /**
   * Formats that are accepted besides the default one and `issued`.
   *
   * @default []
   */
  readonly accepted?: readonly ApiTokenFormat[];
  /**
   * The IDs of accepted formats that are being phased out: their tokens work, and responses to them carry the header
   * `X-API-Token-Deprecated`.
   *
   * @default []
   */
  readonly deprecated?: readonly string[];
}

/** How much of a secret its hint shows after the prefix, in characters. */
const HINT_LENGTH = 4;
/** What stands before an underscore near the beginning counts as the prefix of another format. */
const HINT_OF_OTHERS = new RegExp(`^(?:[a-z][a-z0-9]{0,13}_)?.{0,${HINT_LENGTH}}`);
/** Secrets of an application's own formats may be short: a hint tells at most one part in so many of what is random. */
const HINT_SHARE = 4;

/** Which secrets an application issues and accepts. */
export class SecretFormats {
  readonly issued: ApiTokenGenerator;
  readonly accepted: readonly ApiTokenFormat[];
  readonly #deprecated: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(
    {
      prefix,
      acceptedPrefixes,
      formats,
    }: {
      readonly prefix: string;
      readonly acceptedPrefixes: readonly string[];
      readonly formats: ApiTokenFormats;
    },
    events: ApiTokenEvents,
  ) {
    const own = new DefaultTokenGenerator({ prefix });
    const others = acceptedPrefixes.map((accepted) => new DefaultTokenGenerator({ prefix: accepted }));
    this.issued = formats.issued === undefined ? own : checkedGenerator(formats.issued, events);
    const accepted = (formats.accepted ?? [])
      .filter((format) => format !== formats.issued)
      .map((format) => checkedFormat(format, events));
    this.accepted = [...new Set<ApiTokenFormat>([own, this.issued, ...others, ...accepted])];
    this.#deprecated = new Set(formats.deprecated);
    this.#prefixes = [prefix, ...acceptedPrefixes].map((known) => `${known}_`);
  }

  isDeprecated({ id }: ApiTokenFormat): boolean {
    return this.#deprecated.has(id);
  }

  /** The part of a secret that may be shown in lists: its prefix and the first characters after it. */
  hintOf(secret: string): string {
    const prefix = this.#prefixes.find((known) => secret.startsWith(known));
    if (prefix !== undefined) {
      const shown = Math.min(HINT_LENGTH, shareOf(secret.length - prefix.length));
      return secret.slice(0, prefix.length + shown);
    }
    const hint = HINT_OF_OTHERS.exec(secret)?.[0] ?? '';
    return hint.slice(0, shareOf(secret.length));
  }
}

function shareOf(length: number): number {
  return Math.floor(length / HINT_SHARE);
}
