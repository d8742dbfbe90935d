import type { ApiTokenFormat } from './api-token-format.js';

const SHAPE = /^[0-9a-f]{40}$/;

/** djblets' `legacy_sha1`: 40 hexadecimal digits without a prefix. Accepted for tokens that are about, never made. */
export class LegacySha1TokenFormat implements ApiTokenFormat {
  readonly id = 'legacy_sha1';

  claims(credential: string): boolean {
    return SHAPE.test(credential);
  }

  hasShape(credential: string): boolean {
    return SHAPE.test(credential);
  }

  /** There is none. */
  hasValidChecksum(): boolean {
    return true;
  }
}
