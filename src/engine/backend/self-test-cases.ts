/**
 * The small cases on which each compiled kernel is compared with the slow one before it is used: both an inner part
 * made of whole tiles and edges, and no more, since they run at every start. The tests proper are in *.test.ts.
 */

/** An input filled with numbers between low and high. */
export interface SelfTestInput {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
}

export interface SelfTestCase {
  readonly inputs: Readonly<Record<string, SelfTestInput>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

const around0 = (...shape: number[]): SelfTestInput => ({ shape, low: -1, high: 1 });

const conv = { dataFormat: "NHWC", dilations: 1, pad: "same" };

/** Cases by kernel name. */
export const selfTestCases: Readonly<Record<string, readonly SelfTestCase[]>> = {
  BatchMatMul: [
    { inputs: { a: around0(9, 5), b: around0(5, 11) }, attrs: { transposeA: false, transposeB: false } },
    { inputs: { a: around0(5, 9), b: around0(11, 5) }, attrs: { transposeA: true, transposeB: true } },
  ],
  Conv2D: [
    { inputs: { x: around0(1, 5, 6, 4), filter: around0(3, 3, 4, 9) }, attrs: { ...conv, strides: 1 } },
    { inputs: { x: around0(1, 7, 6, 3), filter: around0(3, 3, 3, 9) }, attrs: { ...conv, strides: 2, pad: "valid" } },
  ],
  Conv2DBackpropFilter: [
    {
      inputs: { x: around0(1, 5, 6, 4), dy: around0(1, 5, 6, 9) },
      attrs: { ...conv, strides: 1, filterShape: [3, 3, 4, 9] },
    },
    {
      inputs: { x: around0(1, 5, 6, 3), dy: around0(1, 3, 3, 9) },
      attrs: { ...conv, strides: 2, filterShape: [3, 3, 3, 9] },
    },
  ],
  Conv2DBackpropInput: [
    {
      inputs: { dy: around0(1, 5, 6, 9), filter: around0(3, 3, 4, 9) },
      attrs: { ...conv, strides: 1, inputShape: [1, 5, 6, 4] },
    },
    {
      inputs: { dy: around0(1, 3, 3, 9), filter: around0(3, 3, 4, 9) },
      attrs: { ...conv, strides: 2, inputShape: [1, 5, 6, 4] },
    },
  ],
};
