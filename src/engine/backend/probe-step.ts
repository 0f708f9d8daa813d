/**
 * Two tiny trainings on made-up images: one to see whether a backend computes what the cpu backend computes, one to see
 * how fast it is. It chooses nothing; choose.ts does.
 */
import * as tf from "@tensorflow/tfjs-core";
import { adamUpdate, batchNormTrain, sgdUpdate, softmaxCrossEntropy } from "./fused";

/** Numbers in [-scale, scale) that depend on the seed alone (linear congruential, constants of Numerical Recipes). */
function noise(shape: readonly number[], seed: number, scale: number): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape([...shape]));
  let state = seed >>> 0;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * scale;
  }
  return tf.tensor(values, [...shape], "float32");
}

function oneHotLabels(batch: number, classes: number): tf.Tensor2D {
  const values = new Float32Array(batch * classes);
  for (let row = 0; row < batch; row++) values[row * classes + (row % classes)] = 1;
  return tf.tensor2d(values, [batch, classes]);
}

interface Probe {
  readonly parameters: readonly tf.Variable[];
  readonly loss: () => tf.Scalar;
}

const as4d = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

/** Every kind of layer once, on 4 images of 7x7x3: small enough for any backend, odd enough to meet the edges. */
function everyLayer(): Probe {
  const x = noise([4, 7, 7, 3], 1, 1);
  const labels = oneHotLabels(4, 3);
  const shapes: number[][] = [[3, 3, 3, 6], [9], [6], [6], [3, 3, 6, 1], [3, 3, 6, 9], [1, 1, 6, 9], [9, 3], [3]];
  const parameters = shapes.map((shape, index) => tf.variable(noise(shape, index + 2, 0.5)));
  const loss = (): tf.Scalar => {
    const [kernel, bias, gamma, beta, depthwise, strided, shortcut, dense, offset]: readonly tf.Tensor[] = parameters;
    // No bias here: its gradient before a batch normalization is 0, and rounding errors of 0 cannot be compared.
    let y: tf.Tensor = tf.conv2d(as4d(x), as4d(kernel!), 1, "same");
    y = tf.relu(batchNormTrain(y, tf.add(gamma!, 1), beta!, 1e-3).y);
    y = tf.relu6(tf.depthwiseConv2d(as4d(y), as4d(depthwise!), 1, "same"));
    const main = tf.add(tf.conv2d(as4d(y), as4d(strided!), 2, "same"), bias!);
    y = tf.add(main, tf.conv2d(as4d(y), as4d(shortcut!), 2, "same"));
    y = tf.mean(tf.maxPool(as4d(y), 2, 2, "valid"), [1, 2]);
    return softmaxCrossEntropy(tf.add(tf.matMul(y as tf.Tensor2D, dense as tf.Tensor2D), offset!), labels);
  };
  return { parameters, loss };
}

/** Images of a step of the benchmark. */
const BATCH = 16;

/** A small network of the kind the studio trains, on images of 28x28. */
function smallNetwork(images: number): Probe {
  const x = noise([images, 28, 28, 1], 1, 1);
  const labels = oneHotLabels(images, 10);
  const shapes: number[][] = [
    [3, 3, 1, 16],
    [3, 3, 16, 32],
    [1568, 10],
  ];
  const parameters = shapes.map((shape, index) => tf.variable(noise(shape, index + 2, 0.1)));
  const loss = (): tf.Scalar => {
    const [first, second, dense] = parameters as unknown as [tf.Tensor4D, tf.Tensor4D, tf.Tensor2D];
    let y = tf.maxPool(tf.relu(tf.conv2d(as4d(x), first, 1, "same")), 2, 2, "valid");
    y = tf.maxPool(tf.relu(tf.conv2d(as4d(y), second, 1, "same")), 2, 2, "valid");
    return softmaxCrossEntropy(tf.matMul(tf.reshape(y, [images, 1568]), dense), labels);
  };
  return { parameters, loss };
}

/** Runs work and frees all tensors it has made, whatever happens. */
async function scoped<T>(work: () => Promise<T>): Promise<T> {
  const engine = tf.engine();
  engine.startScope();
  try {
    return await work();
  } finally {
    engine.endScope();
  }
}

const gradientsOf = ({ parameters, loss }: Probe): { value: tf.Scalar; grads: tf.Tensor[] } => {
  const { value, grads } = tf.variableGrads(loss, [...parameters]);
  return { value, grads: parameters.map((parameter) => grads[parameter.name] ?? tf.zerosLike(parameter)) };
};

/**
 * One training step on the current backend: the loss, then each parameter after a step of gradient descent, then its
 * first Adam moment after a step of Adam.
 */
export async function probeResults(): Promise<Float32Array[]> {
  return scoped(async () => {
    const probe = everyLayer();
    const { value, grads } = gradientsOf(probe);
    const results: tf.Tensor[] = [value];
    const owned: tf.Variable[] = [...probe.parameters];
    const zeros = (like: tf.Tensor): tf.Variable => {
      const variable = tf.variable(tf.zerosLike(like), false);
      owned.push(variable);
      return variable;
    };
    probe.parameters.forEach((parameter, index) => {
      const gradient = grads[index];
      if (gradient === undefined) return;
      const copy = tf.variable(tf.clone(parameter), false);
      const [velocity, m, v] = [zeros(parameter), zeros(parameter), zeros(parameter)];
      owned.push(copy);
      sgdUpdate({ value: parameter, gradient, velocity }, { learningRate: 0.1, momentum: 0.9 });
      adamUpdate(
        { value: copy, gradient, m, v },
        { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 },
      );
      results.push(parameter, m);
    });
    try {
      const values: Float32Array[] = [];
      for (const result of results) values.push(Float32Array.from(await result.data()));
      return values;
    } finally {
      // Variables belong to no scope.
      tf.dispose(owned);
    }
  });
}

/** A backend on which the benchmark takes longer, in milliseconds, is slow enough to be known after one step. */
const PATIENCE = 300;

/**
 * Milliseconds of one training step of a small network on the current backend: the best of three after a warm-up, or of
 * fewer where they take long.
 *
 * @param images to compute, of the 16 of a step: where a step takes seconds, a part of it tells enough
 */
export async function probeMilliseconds(now: () => number, images = BATCH): Promise<number> {
  return scoped(async () => {
    const probe = smallNetwork(images);
    try {
      let best = Number.POSITIVE_INFINITY;
      let taken = 0;
      for (let run = 0; run < 2 || (run < 4 && taken < PATIENCE); run++) {
        const start = now();
        const { value, grads } = gradientsOf(probe);
        await value.data();
        for (const gradient of grads) await gradient.data();
        tf.dispose([value, grads]);
        const milliseconds = now() - start;
        taken += milliseconds;
        // The first run compiles shaders.
        if (run > 0) best = Math.min(best, milliseconds);
      }
      return (best * BATCH) / images;
    } finally {
      tf.dispose([...probe.parameters]);
    }
  });
}

/** Largest relative error of results against a reference, each array on its own scale; infinity where shapes differ. */
export function probeError(results: readonly Float32Array[], reference: readonly Float32Array[]): number {
  if (results.length !== reference.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  reference.forEach((expected, index) => {
    const actual = results[index];
    if (actual?.length !== expected.length) {
      worst = Number.POSITIVE_INFINITY;
      return;
    }
    let scale = 1e-6;
    let difference = 0;
    expected.forEach((value, i) => {
      scale = Math.max(scale, Math.abs(value));
      const apart = Math.abs((actual[i] ?? Number.NaN) - value);
      difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
    });
    worst = Math.max(worst, difference / scale);
  });
  return worst;
}
