/** How much may still be compared, in pairs of letters: a document may hold a hundred names that nobody knows. */
export interface ComparingWork {
  left: number;
}

/** How many letters differ, at most; Infinity where it is more than the limit, or there is too much to compare. */
function editDistance(left: string, right: string, limit: number, work: ComparingWork): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    work.left -= right.length;
    if (work.left < 0) return Infinity;
    const next = [i];
    let least = i;
    for (let j = 1; j <= right.length; j += 1) {
      let distance = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      if (row[j]! < distance) distance = row[j]! + 1;
      if (next[j - 1]! < distance) distance = next[j - 1]! + 1;
      next.push(distance);
      if (distance < least) least = distance;
    }
    // No later row has less.
    if (least > limit) return Infinity;
    row = next;
  }
  return row[right.length]!;
}

/**
 * The name that was probably meant, or undefined where none of them is near: at most a third of its letters differ.
 *
 * @param work - Shared by the names of one document. Default: enough for a few names.
 */
export function closestName(
  given: string,
  names: readonly string[],
  work: ComparingWork = { left: 500_000 },
): string | undefined {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of names) {
    if (work.left < 0) return undefined;
    // Comparing lengths first keeps the work bounded for a hostile name of many kilobytes.
    const limit = Math.max(1, Math.floor(name.length / 3));
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, name.toLowerCase(), limit, work);
    if (distance <= limit && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}
