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
/** Secrets of other formats may be short, also with a known prefix: a hint shows at most one part in so many. */
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
    if (prefix !== undefined) return prefix + beginningOf(secret.slice(prefix.length), HINT_LENGTH);
    return beginningOf(secret, HINT_OF_OTHERS.exec(secret)?.[0].length ?? 0);
  }
}

/** The first characters of what is secret, but never much of it. */
function beginningOf(text: string, length: number): string {
  return text.slice(0, Math.min(length, Math.floor(text.length / HINT_SHARE)));
}
