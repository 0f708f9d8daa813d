/**
 * Channel pruning by |gamma| of batch normalization (Yao et al. 2019): network slimming's criterion (Liu et al. 2017)
 * without its training. The survey's table calls it unstructured; whole channels go.
 */
import type { BlockImplementation } from "../../block";
import { gammaScores, hasGamma } from "../../shared/pruning/gamma-scores";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

export const bnL1: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) => groups.map((group) => gammaScores(snapshot, group)), {
    scorable: hasGamma,
  });
