/** Starts over with a network of the builders: the compact student of a distillation. */
import type { BlockImplementation } from "../../block";
import type { meta } from "./meta";

export const replace: BlockImplementation<typeof meta.params> = ({ params, services }) => ({
  onBegin(model) {
    model.replace(services.build(params.network, params.seed));
    model.resetOptimizer();
    return Promise.resolve();
  },
});
