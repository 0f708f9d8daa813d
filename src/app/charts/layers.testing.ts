/** For tests only: a tensor as a boundary tells it. */
export const tensor = (
  name: string,
  shape: readonly number[],
  sizeBytes: number,
  nonZero: number,
  codec = "dense f32",
) => ({
  name,
  shape,
  codec,
  sizeBytes,
  nonZero,
  count: shape.reduce((product, side) => product * side, 1),
  streams: [],
});
