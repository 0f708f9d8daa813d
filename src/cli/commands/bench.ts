/** `bench`: placeholder until written. */
export function benchCommand(): void {
  throw new Error("not written");
}
