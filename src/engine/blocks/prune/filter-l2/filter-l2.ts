/** Filter pruning by L2 norm, the criterion of He et al. 2018 without their soft schedule. */
import type { BlockImplementation } from "../../block";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

export const filterL2: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) =>
    filterNorms(snapshot, groups, { ...context.params, norm: "l2" }),
  );
