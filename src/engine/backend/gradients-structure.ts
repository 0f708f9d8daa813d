/**
 * Gradients of tfjs kernels that move, join or reduce values, by kernel name. It registers nothing; gradients.ts does.
 */
import * as tf from "@tensorflow/tfjs-core";
import { SPREAD, outputAt, runFused } from "./fused-composed";
import { onlyGradient, savedAt, type Gradient } from "./gradients-elementwise";

/** Shapes of tensors, which the tape keeps alive; a kernel saves inputs only for their shapes here. */
const shapeOf = (saved: readonly tf.Tensor[], index: number): number[] => savedAt(saved, index).shape;

/** Gradient whose only input is named x; derive sees dy, x's shape and the attributes. */
const byShape = (
  derive: (dy: tf.Tensor, shape: number[], attrs: tf.NamedAttrMap) => tf.Tensor,
  inputName = "x",
): Gradient => ({
  inputsToSave: [inputName],
  gradFunc: (dy, saved, attrs) => ({ [inputName]: () => derive(onlyGradient(dy), shapeOf(saved, 0), attrs) }),
});

/** The shape with 1 in place of each reduced axis. */
function keptShape(shape: readonly number[], axis: unknown): number[] {
  const axes = new Set(tf.util.parseAxisParam(axis as number | number[], [...shape]));
  return shape.map((length, index) => (axes.has(index) ? 1 : length));
}

/** Repeats a gradient of the reduced shape, times scale, over the shape that was reduced. */
function spread(dy: tf.Tensor, shape: number[], axis: unknown, scale: number): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], shape);
  return outputAt(runFused(SPREAD, { dy }, { shape, axes, scale }), 0);
}

/** Max and min: the gradient goes to each element that equals the extreme, as tfjs does. */
const extreme = (axisName: "axis" | "reductionIndices"): Gradient => ({
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const [x, y] = [savedAt(saved, 0), savedAt(saved, 1)];
      const kept = keptShape(x.shape, (attrs as unknown as Record<string, unknown>)[axisName]);
      const hit = tf.cast(tf.equal(x, tf.reshape(y, kept)), "float32");
      return tf.mul(hit, tf.reshape(onlyGradient(dy), kept));
    },
  }),
});

/** axis of an attribute as a number from 0 on. */
function axisOf(attrs: tf.NamedAttrMap, shape: readonly number[]): number {
  const axis = (attrs as unknown as { axis: number | number[] }).axis;
  return tf.util.parseAxisParam(axis, [...shape])[0] ?? 0;
}

const concat: Gradient = {
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const axis = axisOf(attrs, shapeOf(saved, 0));
    const starts: number[] = [];
    let start = 0;
    for (const part of saved) {
      starts.push(start);
      start += part.shape[axis] ?? 0;
    }
    const cut = (index: number): tf.Tensor => {
      const { shape } = savedAt(saved, index);
      return tf.slice(
        onlyGradient(dy),
        shape.map((_, i) => (i === axis ? (starts[index] ?? 0) : 0)),
        shape,
      );
    };
    return Object.fromEntries(saved.map((_, index) => [index, () => cut(index)]));
  },
};

const pack: Gradient = {
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const { axis } = attrs as unknown as { axis: number };
    const gradient = onlyGradient(dy);
    const at = (index: number): tf.Tensor => {
      const begin = gradient.shape.map((_, i) => (i === axis ? index : 0));
      const size = gradient.shape.map((length, i) => (i === axis ? 1 : length));
      return tf.reshape(tf.slice(gradient, begin, size), shapeOf(saved, index));
    };
    return Object.fromEntries(saved.map((_, index) => [index, () => at(index)]));
  },
};

const slice: Gradient = byShape((dy, shape, attrs) => {
  const { begin } = attrs as unknown as { begin: number | number[] };
  const starts = typeof begin === "number" ? [begin] : begin;
  return tf.pad(
    dy,
    shape.map((length, axis): [number, number] => {
      const before = starts[axis] ?? 0;
      return [before, length - before - (dy.shape[axis] ?? 0)];
    }),
  );
});

const tile: Gradient = byShape((dy, shape, attrs) => {
  const { reps } = attrs as unknown as { reps: number[] };
  // [r0*n0, r1*n1, ..] seen as [r0, n0, r1, n1, ..] and added up over the repetitions.
  const split = shape.flatMap((length, axis) => [reps[axis] ?? 1, length]);
  const axes = shape.map((_, axis) => 2 * axis).filter((axis) => split[axis] !== 1);
  return tf.reshape(axes.length === 0 ? dy : tf.sum(tf.reshape(dy, split), axes), shape);
});

const transpose: Gradient = {
  gradFunc: (dy, _saved, attrs) => {
    const { perm } = attrs as unknown as { perm: number[] };
    return { x: () => tf.transpose(onlyGradient(dy), tf.backend_util.getUndoAxesPermutation(perm)) };
  },
};

const gather: Gradient = {
  inputsToSave: ["x", "indices"],
  gradFunc: (dy, saved, attrs) => {
    const [x, indices] = [savedAt(saved, 0), savedAt(saved, 1)];
    const { batchDims } = attrs as unknown as { batchDims?: number };
    if ((batchDims ?? 0) !== 0) throw new Error(`gradient of gather expects batchDims of 0, got ${String(batchDims)}`);
    const axis = axisOf(attrs, x.shape);
    return {
      x: () => {
        // The gathered axis comes first, its rows are added by index, and it goes back to its place.
        const outer = x.shape.slice(0, axis);
        const inner = x.shape.slice(axis + 1);
        const rows = tf.reshape(onlyGradient(dy), [...outer, indices.size, ...inner]);
        const order = [axis, ...outer.map((_, i) => i), ...inner.map((_, i) => axis + 1 + i)];
        const sums = tf.unsortedSegmentSum(
          axis === 0 ? rows : tf.transpose(rows, order),
          tf.cast(tf.reshape(indices, [indices.size]), "int32") as tf.Tensor1D,
          x.shape[axis] ?? 0,
        );
        return axis === 0 ? sums : tf.transpose(sums, tf.backend_util.getUndoAxesPermutation(order));
      },
      indices: () => tf.zeros(indices.shape),
    };
  },
};

const segmentSum: Gradient = {
  inputsToSave: ["segmentIds"],
  gradFunc: (dy, saved) => {
    const ids = savedAt(saved, 0);
    return {
      x: () => {
        const rows = tf.gather(onlyGradient(dy), tf.maximum(ids, tf.scalar(0, "int32")) as tf.Tensor1D);
        const known = tf.cast(tf.greaterEqual(ids, tf.scalar(0, "int32")), "float32");
        return tf.mul(rows, tf.reshape(known, [ids.size, ...rows.shape.slice(1).map(() => 1)]));
      },
      segmentIds: () => tf.zeros(ids.shape),
    };
  },
};

/** The structural gradients, by kernel name. */
export const structureGradients: Readonly<Record<string, Gradient>> = {
  BroadcastTo: byShape((dy, shape) => {
    const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
    return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
  }),
  Cast: byShape((dy) => tf.cast(dy, "float32")),
  Concat: concat,
  Cumsum: byShape((dy, shape, attrs) => {
    const { exclusive, reverse } = attrs as unknown as { exclusive: boolean; reverse: boolean };
    return tf.cumsum(dy, axisOf(attrs, shape), exclusive, !reverse);
  }),
  ExpandDims: byShape((dy, shape) => tf.reshape(dy, shape), "input"),
  GatherV2: gather,
  Identity: byShape((dy) => tf.cast(dy, "float32")),
  Max: extreme("reductionIndices"),
  Mean: byShape((dy, shape, attrs) => {
    const { axis } = attrs as unknown as { axis: number | number[] };
    const count = tf.util.sizeFromShape(shape) / Math.max(1, dy.size);
    return spread(dy, shape, axis, 1 / count);
  }),
  Min: extreme("axis"),
  OneHot: byShape((_dy, shape) => tf.zeros(shape), "indices"),
  Pack: pack,
  PadV2: byShape((dy, shape, attrs) => {
    const { paddings } = attrs as unknown as { paddings: [number, number][] };
    return tf.slice(
      dy,
      paddings.map(([before]) => before),
      shape,
    );
  }),
  Reshape: byShape((dy, shape) => tf.reshape(dy, shape)),
  Reverse: byShape((dy, shape, attrs) => {
    const { dims } = attrs as unknown as { dims: number | number[] };
    return tf.reverse(dy, tf.util.parseAxisParam(dims, shape));
  }),
  Slice: slice,
  SplitV: {
    gradFunc: (dy, _saved, attrs) => {
      const { axis } = attrs as unknown as { axis: number };
      return { x: () => tf.concat(Array.isArray(dy) ? dy : [dy], axis) };
    },
  },
  Sum: byShape((dy, shape, attrs) => {
    const { axis } = attrs as unknown as { axis: number | number[] };
    return spread(dy, shape, axis, 1);
  }),
  Tile: tile,
  Transpose: transpose,
  Unpack: {
    gradFunc: (dy, _saved, attrs) => {
      const { axis } = attrs as unknown as { axis: number };
      return { value: () => tf.stack(Array.isArray(dy) ? dy : [dy], axis) };
    },
  },
  UnsortedSegmentSum: segmentSum,
};
