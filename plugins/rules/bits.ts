/** A set of small whole numbers: regions of a column, or rows of a table. Sets that meet have one size. */
export type Bits = Uint32Array;

export function bitsOf(size: number, members: Iterable<number>): Bits {
  const bits = new Uint32Array(Math.ceil(size / 32));
  for (const member of members) add(bits, member);
  return bits;
}

export function add(bits: Bits, member: number): void {
  bits[member >>> 5]! |= 1 << (member & 31);
}

export function membersOf(bits: Bits): number[] {
  const members: number[] = [];
  for (let at = 0; at < bits.length; at++) {
    for (let rest = bits[at]!; rest !== 0; rest &= rest - 1) members.push(at * 32 + 31 - Math.clz32(rest & -rest));
  }
  return members;
}

export function intersection(one: Bits, other: Bits): Bits {
  const both = new Uint32Array(one.length);
  for (let at = 0; at < one.length; at++) both[at] = one[at]! & other[at]!;
  return both;
}

export function intersects(one: Bits, other: Bits): boolean {
  for (let at = 0; at < one.length; at++) if ((one[at]! & other[at]!) !== 0) return true;
  return false;
}

/** Every member of `part` is one of `whole`. */
export function contains(whole: Bits, part: Bits): boolean {
  for (let at = 0; at < part.length; at++) if ((part[at]! & ~whole[at]!) !== 0) return false;
  return true;
}

export function isEmpty(bits: Bits): boolean {
  for (let at = 0; at < bits.length; at++) if (bits[at] !== 0) return false;
  return true;
}
