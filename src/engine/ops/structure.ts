/** Operations without weights that only arrange values: input, add, concat, flatten, reshape, zero padding, dropout. */
import * as tf from "@tensorflow/tfjs-core";
import { sizeOfShape } from "../core/network";
import { defineOperation, imageInput, onlyInput, shapeError } from "./operation";

const weightless = { parameters: () => ({}), macs: () => 0 };

export const input = defineOperation({
  op: "input",
  ...weightless,
  outputShape: (attrs) => attrs.shape,
  channels: () => ({ kind: "pinned" }),
  removedValue: () => undefined,
  // Images serve a network that takes them flat: same values, same order.
  forward: ({ shape }, [x]) =>
    x!.shape.slice(1).join() === shape.join() ? x! : tf.reshape(x!, [x!.shape[0]!, ...shape]),
});

export const add = defineOperation({
  op: "add",
  ...weightless,
  outputShape(_, inputs) {
    const [first] = inputs;
    if (!first || inputs.length < 2 || inputs.some((s) => s.join() !== first.join())) {
      throw shapeError("add", "two or more inputs of one shape", inputs);
    }
    return first;
  },
  channels: () => ({ kind: "merge" }),
  removedValue: (_, values) => values.reduce((sum, v) => sum + v, 0),
  forward: (_, inputs) => inputs.slice(1).reduce((sum, x) => tf.add(sum, x), inputs[0]!),
});

export const concat = defineOperation({
  op: "concat",
  ...weightless,
  outputShape(_, inputs) {
    const [first] = inputs;
    const rest = (s: readonly number[]) => s.slice(0, -1).join();
    if (!first || inputs.length < 2 || inputs.some((s) => s.length !== first.length || rest(s) !== rest(first))) {
      throw shapeError("concat", "two or more inputs that differ in their channels only", inputs);
    }
    return [...first.slice(0, -1), inputs.reduce((sum, s) => sum + s.at(-1)!, 0)];
  },
  channels: () => ({ kind: "concat" }),
  removedValue: (_, [value]) => value,
  forward: (_, inputs) => tf.concat([...inputs], -1),
});

export const flatten = defineOperation({
  op: "flatten",
  ...weightless,
  outputShape: (_, inputs) => [sizeOfShape(onlyInput("flatten", inputs))],
  channels(_, inputs) {
    const shape = onlyInput("flatten", inputs);
    return { kind: "spread", positions: sizeOfShape(shape) / shape.at(-1)! };
  },
  removedValue: (_, [value]) => value,
  forward: (_, [x]) => tf.reshape(x!, [x!.shape[0]!, -1]),
});

export const reshape = defineOperation({
  op: "reshape",
  ...weightless,
  outputShape(attrs, inputs) {
    const from = onlyInput("reshape", inputs);
    if (sizeOfShape(from) !== sizeOfShape(attrs.shape)) {
      throw shapeError("reshape", `${sizeOfShape(attrs.shape)} values for [${attrs.shape.join(", ")}]`, inputs);
    }
    return attrs.shape;
  },
  channels: () => ({ kind: "pinned" }),
  removedValue: () => undefined,
  forward: (attrs, [x]) => tf.reshape(x!, [x!.shape[0]!, ...attrs.shape]),
});

export const zeroPad = defineOperation({
  op: "zero-pad",
  ...weightless,
  outputShape({ top, bottom, left, right }, inputs) {
    const [h, w, c] = imageInput("zero-pad", inputs);
    return [h + top + bottom, w + left + right, c];
  },
  channels: () => ({ kind: "same" }),
  removedValue: (_, [value]) => (value === 0 ? 0 : undefined),
  forward: ({ top, bottom, left, right }, [x]) =>
    tf.pad4d(x as tf.Tensor4D, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
});

export const dropout = defineOperation({
  op: "dropout",
  ...weightless,
  outputShape: (_, inputs) => onlyInput("dropout", inputs),
  channels: () => ({ kind: "same" }),
  removedValue: (_, [value]) => value,
  // A text as seed: tfjs takes the number 0 for none, and two layers of one step must draw apart.
  forward: ({ rate }, [x], _, { training, noiseSeed, nodeId }) =>
    training && rate > 0 ? tf.dropout(x!, rate, undefined, `${noiseSeed}/${nodeId}`) : x!,
});
