/** Filter pruning by L1 norm (Li et al. 2017): physically removes the channels whose kernels are smallest. */
import type { BlockImplementation } from "../../block";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

export const filterL1: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) =>
    filterNorms(snapshot, groups, { ...context.params, norm: "l1" }),
  );
