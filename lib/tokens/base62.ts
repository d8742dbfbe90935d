const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number in base 62, padded with zeros to a fixed length. */
export function toBase62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; rest > 0n; rest /= 62n) digits = DIGITS[Number(rest % 62n)] + digits;
  return digits.padStart(length, '0');
}

const CHECKSUM_LENGTH = 6;

/** The same for a checksum of 32 bits, in 6 digits. */
export function checksumToBase62(checksum: number): string {
  let digits = '';
  for (let rest = checksum; digits.length < CHECKSUM_LENGTH; rest = Math.floor(rest / 62))
    digits = DIGITS[rest % 62] + digits;
  return digits;
}

/** Whether a text ends in that. Makes no digits to compare with: half the time, of whatever strangers send. */
export function endsInChecksum(text: string, checksum: number): boolean {
  let rest = checksum;
  for (let place = 1; place <= CHECKSUM_LENGTH; place += 1) {
    if (text.charCodeAt(text.length - place) !== DIGITS.charCodeAt(rest % 62)) return false;
    rest = Math.floor(rest / 62);
  }
  return true;
}
