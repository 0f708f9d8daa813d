/**
 * Gradients of tfjs' elementwise kernels, by kernel name. Written here because tfjs-core's own table can only be
 * imported through a bundler: its Node build leaves it out. It registers nothing; gradients.ts does.
 */
import * as tf from "@tensorflow/tfjs-core";
import { RELU_GRAD, outputAt, runFused } from "./fused-composed";

/** A kernel's gradient as tf.registerGradient takes it, without the kernel's name. */
export type Gradient = Omit<tf.GradConfig, "kernelName">;

/** One gradient of a kernel with several outputs, or the only one. */
export const onlyGradient = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor => {
  const first = Array.isArray(dy) ? dy[0] : dy;
  if (first === undefined) throw new Error("one output gradient was expected, got none");
  return first;
};

/** What the kernel saved, at a position. */
export function savedAt(saved: readonly tf.Tensor[], index: number): tf.Tensor {
  const tensor = saved[index];
  if (tensor === undefined) throw new Error(`saved tensor ${index} was expected, got ${saved.length} in all`);
  return tensor;
}

/** Adds dy up over the axes along which a tensor of that shape was broadcast. */
export function unbroadcast(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
}

const float = (tensor: tf.Tensor): tf.Tensor => tf.cast(tensor, "float32");
const flat = (x: tf.Tensor): tf.Tensor => tf.zeros(x.shape);

/** Gradient of y = f(x) as a function of dy and x. */
const ofInput = (derive: (dy: tf.Tensor, x: tf.Tensor, attrs: tf.NamedAttrMap) => tf.Tensor): Gradient => ({
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attrs) => ({ x: () => derive(onlyGradient(dy), savedAt(saved, 0), attrs) }),
});

/** Gradient of y = f(x) as a function of dy and y. */
const ofOutput = (derive: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): Gradient => ({
  outputsToSave: [true],
  gradFunc: (dy, saved) => ({ x: () => derive(onlyGradient(dy), savedAt(saved, 0)) }),
});

type Partial = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

type PartialOfOutput = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Gradient of y = f(a, b), whose operands may have been broadcast. */
const ofPair = (inA: Partial, inB: Partial): Gradient => ({
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => {
    const [a, b] = [savedAt(saved, 0), savedAt(saved, 1)];
    return {
      a: () => unbroadcast(inA(onlyGradient(dy), a, b), a.shape),
      b: () => unbroadcast(inB(onlyGradient(dy), a, b), b.shape),
    };
  },
});

/** Likewise of partials that are written with y: the tape keeps y, which the others let go. */
const ofPairAndOutput = (inA: PartialOfOutput, inB: PartialOfOutput): Gradient => ({
  inputsToSave: ["a", "b"],
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [a, b, y] = [savedAt(saved, 0), savedAt(saved, 1), savedAt(saved, 2)];
    return {
      a: () => unbroadcast(inA(onlyGradient(dy), a, b, y), a.shape),
      b: () => unbroadcast(inB(onlyGradient(dy), a, b, y), b.shape),
    };
  },
});

/** A function that is constant almost everywhere: comparisons, rounding. Its gradient is 0, so where(a > b, ..) trains. */
const constantOfPair: Gradient = {
  inputsToSave: ["a", "b"],
  gradFunc: (_dy, saved) => ({ a: () => flat(savedAt(saved, 0)), b: () => flat(savedAt(saved, 1)) }),
};
const constantOfInput: Gradient = ofInput((_dy, x) => flat(x));

const add: Gradient = {
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => ({
    a: () => unbroadcast(onlyGradient(dy), savedAt(saved, 0).shape),
    b: () => unbroadcast(onlyGradient(dy), savedAt(saved, 1).shape),
  }),
};

const subtract: Gradient = {
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved) => ({
    a: () => unbroadcast(onlyGradient(dy), savedAt(saved, 0).shape),
    b: () => tf.neg(unbroadcast(onlyGradient(dy), savedAt(saved, 1).shape)),
  }),
};

const select: Gradient = {
  inputsToSave: ["condition"],
  gradFunc: (dy, saved) => {
    const condition = savedAt(saved, 0);
    const chosen = (): tf.Tensor => {
      const gradient = onlyGradient(dy);
      // A condition of rank 1 chooses whole rows.
      const rowWise = condition.rank === 1 && gradient.rank > 1;
      return float(
        rowWise ? tf.reshape(condition, [condition.size, ...gradient.shape.slice(1).map(() => 1)]) : condition,
      );
    };
    return {
      condition: () => flat(condition),
      t: () => tf.mul(onlyGradient(dy), chosen()),
      e: () => tf.mul(onlyGradient(dy), tf.sub(1, chosen())),
    };
  },
};

const prelu: Gradient = {
  inputsToSave: ["x", "alpha"],
  gradFunc: (dy, saved) => {
    const [x, alpha] = [savedAt(saved, 0), savedAt(saved, 1)];
    const positive = (): tf.Tensor => float(tf.greater(x, 0));
    return {
      x: () => tf.mul(onlyGradient(dy), tf.add(positive(), tf.mul(tf.sub(1, positive()), alpha))),
      alpha: () => unbroadcast(tf.mul(onlyGradient(dy), tf.minimum(x, 0)), alpha.shape),
    };
  },
};

const addN: Gradient = {
  saveAllInputs: true,
  gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, index) => [index, () => onlyGradient(dy).clone()])),
};

// Constants of the scaled exponential unit (Klambauer et al. 2017, section 2): scale, and scale times alpha.
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

/** dy where 0 < x <= ceiling. */
const rectified = (dy: tf.Tensor, x: tf.Tensor, ceiling: number): tf.Tensor =>
  outputAt(runFused(RELU_GRAD, { dy, x }, { ceiling }), 0);

/** The elementwise gradients, by kernel name. */
export const elementwiseGradients: Readonly<Record<string, Gradient>> = {
  Add: add,
  AddN: addN,
  Sub: subtract,
  Multiply: ofPair(
    (dy, _a, b) => tf.mul(dy, float(b)),
    (dy, a) => tf.mul(dy, float(a)),
  ),
  RealDiv: ofPairAndOutput(
    (dy, _a, b) => tf.div(dy, float(b)),
    (dy, _a, b, y) => tf.neg(tf.div(tf.mul(dy, y), float(b))),
  ),
  SquaredDifference: ofPair(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  Maximum: ofPair(
    (dy, a, b) => tf.mul(dy, float(tf.greaterEqual(a, b))),
    (dy, a, b) => tf.mul(dy, float(tf.less(a, b))),
  ),
  Minimum: ofPair(
    (dy, a, b) => tf.mul(dy, float(tf.lessEqual(a, b))),
    (dy, a, b) => tf.mul(dy, float(tf.greater(a, b))),
  ),
  Pow: ofPairAndOutput(
    (dy, a, b) => tf.mul(dy, tf.mul(float(b), tf.pow(a, tf.sub(b, tf.scalar(1, b.dtype as "float32" | "int32"))))),
    // The logarithm is taken of positive bases only; elsewhere the power does not depend on b smoothly.
    (dy, a, _b, y) => tf.mul(dy, tf.mul(y, tf.log(tf.add(tf.relu(a), float(tf.lessEqual(a, 0)))))),
  ),
  Atan2: ofPair(
    (dy, a, b) => tf.div(tf.mul(dy, b), tf.add(tf.square(a), tf.square(b))),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.add(tf.square(a), tf.square(b)))),
  ),
  Mod: ofPair(
    (dy) => dy,
    (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b)))),
  ),
  Select: select,
  Prelu: prelu,

  Abs: ofInput((dy, x) => tf.mul(dy, tf.sign(x))),
  Acos: ofInput((dy, x) => tf.neg(tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x)))))),
  Asin: ofInput((dy, x) => tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x))))),
  Atan: ofInput((dy, x) => tf.div(dy, tf.add(1, tf.square(x)))),
  Atanh: ofInput((dy, x) => tf.div(dy, tf.sub(1, tf.square(x)))),
  ClipByValue: ofInput((dy, x, attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as { clipValueMin: number; clipValueMax: number };
    return tf.mul(dy, float(tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax))));
  }),
  Cos: ofInput((dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  Cosh: ofInput((dy, x) => tf.mul(dy, tf.sinh(x))),
  Erf: ofInput((dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  LeakyRelu: ofInput((dy, x, attrs) => {
    const { alpha } = attrs as unknown as { alpha: number };
    const positive = float(tf.greater(x, 0));
    return tf.mul(dy, tf.add(tf.mul(positive, 1 - alpha), alpha));
  }),
  Log: ofInput((dy, x) => tf.div(dy, float(x))),
  Log1p: ofInput((dy, x) => tf.div(dy, tf.add(1, x))),
  Neg: ofInput((dy) => tf.neg(dy)),
  Relu: ofInput((dy, x) => rectified(dy, x, Number.POSITIVE_INFINITY)),
  Relu6: ofInput((dy, x) => rectified(dy, x, 6)),
  Selu: ofInput((dy, x) => {
    const negative = tf.mul(SELU_SCALE_ALPHA, tf.exp(tf.minimum(x, 0)));
    const positive = float(tf.greater(x, 0));
    return tf.mul(dy, tf.add(tf.mul(positive, SELU_SCALE), tf.mul(tf.sub(1, positive), negative)));
  }),
  Sin: ofInput((dy, x) => tf.mul(dy, tf.cos(x))),
  Sinh: ofInput((dy, x) => tf.mul(dy, tf.cosh(x))),
  Softplus: ofInput((dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Square: ofInput((dy, x) => tf.mul(dy, tf.mul(2, float(x)))),
  Tan: ofInput((dy, x) => tf.div(dy, tf.square(tf.cos(x)))),

  Elu: ofOutput((dy, y) => tf.mul(dy, tf.add(1, tf.minimum(y, 0)))),
  Exp: ofOutput((dy, y) => tf.mul(dy, y)),
  Expm1: ofOutput((dy, y) => tf.mul(dy, tf.add(y, 1))),
  Reciprocal: ofOutput((dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  Rsqrt: ofOutput((dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))))),
  Sigmoid: ofOutput((dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Sqrt: ofOutput((dy, y) => tf.div(dy, tf.mul(2, y))),
  Tanh: ofOutput((dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),

  Ceil: constantOfInput,
  Floor: constantOfInput,
  Round: constantOfInput,
  Sign: constantOfInput,
  Step: constantOfInput,
  OnesLike: constantOfInput,
  ZerosLike: constantOfInput,
  IsFinite: constantOfInput,
  IsInf: constantOfInput,
  IsNan: constantOfInput,
  LogicalNot: constantOfInput,
  ArgMax: constantOfInput,
  ArgMin: constantOfInput,
  Equal: constantOfPair,
  NotEqual: constantOfPair,
  Greater: constantOfPair,
  GreaterEqual: constantOfPair,
  Less: constantOfPair,
  LessEqual: constantOfPair,
  LogicalAnd: constantOfPair,
  LogicalOr: constantOfPair,
  FloorDiv: constantOfPair,
};
