const MAX_DIGITS = 9;
const ZERO = 0x30;

/**
 * The number that a resource ID spells in up to nine decimal digits, without leading zeros; -1 where it is another kind of
 * ID, or another spelling. Digit by digit: a pattern takes 80 ns more, on each request to an item.
 */
export function shortNumberOf(resourceId: string): number {
  const { length } = resourceId;
  // So written that what is no text, of which JavaScript keeps nobody, is no number either.
  if (!(length > 0 && length <= MAX_DIGITS)) return -1;
  let number = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = resourceId.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return length > 1 && resourceId.charCodeAt(0) === ZERO ? -1 : number;
}
