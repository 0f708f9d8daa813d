import type { Alphabet } from "./value-form";

/** Names for the alphabets {+, -} and {0, +, -} of forms whose symbols 1 and 2 are the two signs. */
export function signedLabel({ first, count }: Alphabet, width: number): string | undefined {
  if (first + count > 3) return undefined;
  return first === 1 ? `${width}-bit signs` : "ternary codes";
}
