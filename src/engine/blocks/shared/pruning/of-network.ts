import type { Network } from "../../../core/network";

/** What a hook reads off the graph at each step, worked out again only when another clip has cut or folded it since. */
export function ofNetwork<T>(work: (network: Network) => T): (network: Network) => T {
  let last: { readonly network: Network; readonly result: T } | undefined;
  return (network) => {
    if (last?.network !== network) last = { network, result: work(network) };
    return last.result;
  };
}
