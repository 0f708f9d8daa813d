/**
 * Fresh parameter values of a network. Each parameter draws from a stream of its own, named after it, so that adding
 * or removing a layer does not move the others' values.
 */
import { type ActivationKind, consumersOf, type Network, type Node, parametersOf, sizeOfShape } from "../core/network";
import { createRng, type Rng } from "../core/rng";

/** Activations that pass about half of the variance: He et al. 2015's factor 2 belongs before them. */
const rectifiers: ReadonlySet<ActivationKind> = new Set([
  "relu",
  "relu6",
  "leaky-relu",
  "elu",
  "swish",
  "hard-swish",
  "gelu",
]);

/**
 * Parameter name -> values. Kernels before a rectifier: normal with variance 2 / fanIn (He et al. 2015); other kernels,
 * the logits' among them: uniform in +-sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). Biases 0; batch
 * normalization gamma 1, beta 0, moving mean 0, moving variance 1.
 */
export function initializeValues(network: Network, seed: number): Map<string, Float32Array> {
  const consumers = consumersOf(network);
  const values = new Map<string, Float32Array>();
  for (const { name, role, shape, node } of parametersOf(network)) {
    const array = new Float32Array(sizeOfShape(shape));
    if (role === "gamma" || role === "movingVariance") array.fill(1);
    if (role === "kernel") fillKernel(array, node, feedsRectifier(node, consumers), createRng(seed, `init/${name}`));
    values.set(name, array);
  }
  return values;
}

function fillKernel(kernel: Float32Array, node: Node, rectified: boolean, rng: Rng): void {
  const [fanIn, fanOut] = fans(node);
  if (rectified) {
    const deviation = Math.sqrt(2 / fanIn);
    for (let i = 0; i < kernel.length; i++) kernel[i] = rng.normal() * deviation;
  } else {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let i = 0; i < kernel.length; i++) kernel[i] = (2 * rng.next() - 1) * limit;
  }
}

/** Products summed into one output, and outputs that one input takes part in. */
function fans(node: Node): [fanIn: number, fanOut: number] {
  const shape = node.params.kernel!.shape;
  const [cin, cout] = shape.slice(-2) as [number, number];
  const window = sizeOfShape(shape.slice(0, -2));
  // A depthwise kernel is [kh, kw, c, multiplier]: each output reads one channel.
  return node.op === "depthwise-conv2d" ? [window, window * cout] : [window * cin, window * cout];
}

/** Whether the first nonlinearity behind the node, past batch normalization, adds and pooling, is a rectifier. */
function feedsRectifier(node: Node, consumers: ReadonlyMap<string, readonly Node[]>): boolean {
  return (consumers.get(node.id) ?? []).some((next) => {
    if (next.op === "activation") return rectifiers.has(next.attrs.kind);
    return next.params.kernel === undefined && feedsRectifier(next, consumers);
  });
}
