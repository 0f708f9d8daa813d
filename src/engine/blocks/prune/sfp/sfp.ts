/**
 * Soft filter pruning (He et al. 2018): at intervals the filters of smallest norm become zero, but go on training, so
 * that a filter zeroed too early comes back; at the end the last choice is removed. No masks: gradients and moments are
 * left alone.
 */
import type { ParameterRole } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups, unitOfElement } from "../../../surgery/channel-groups";
import { absorbOffsets } from "../../../surgery/absorb-offsets";
import { planRemovals } from "../../../surgery/removal-plan";
import { removeChannels } from "../../../surgery/remove-channels";
import type { BlockImplementation, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { chooseUnits, targetGroups, type UnitRemovals } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** The filters that go, of each layer the share `sparsity`; numbered as in the snapshot. */
export function softChoice(
  snapshot: Snapshot,
  { sparsity, norm }: Pick<Params, "sparsity" | "norm">,
  layers?: ReadonlyMap<string, LayerChoice>,
): UnitRemovals {
  const groups = targetGroups(snapshot, "filters", meta.id);
  return chooseUnits(snapshot, groups, filterNorms(snapshot, groups, { norm }), { sparsity, scope: "local", layers });
}

/**
 * The snapshot with the kernels and biases of those filters at zero, and no mask. With `offsets: "zero"` the offset of
 * their batch normalization too, or a zeroed filter would still give relu(beta); the scale stays, so that gradients find
 * the way back.
 */
export function zeroFilters(
  snapshot: Snapshot,
  removals: UnitRemovals,
  { offsets }: Pick<Params, "offsets">,
): Snapshot {
  const { units } = planRemovals(snapshot.network, removals);
  const roles = new Set<ParameterRole>(offsets === "zero" ? ["kernel", "bias", "beta"] : ["kernel", "bias"]);
  const values = new Map(snapshot.values);
  for (const group of channelGroups(snapshot.network)) {
    const going = units.get(group.id);
    if (!going) continue;
    const gone = new Uint8Array(group.units);
    for (const unit of going) gone[unit] = 1;
    for (const slice of group.slices) {
      if (slice.side !== "makes" || !roles.has(slice.role)) continue;
      const before = values.get(slice.parameter) ?? valuesOf(snapshot, slice.parameter);
      values.set(
        slice.parameter,
        before.map((value, i) => (gone[unitOfElement(slice, i)] ? 0 : value)),
      );
    }
  }
  return { ...snapshot, values };
}

export const sfp: BlockImplementation<typeof meta.params> = ({ params, steps, layers, services }) => ({
  rounds: { count: Math.max(1, Math.floor(steps / params.everySteps)), endFraction: 1 },
  async onRound(round, model) {
    // The first choice comes after the first interval.
    if (round === 0) return;
    const snapshot = await model.snapshot();
    model.replace(zeroFilters(snapshot, softChoice(snapshot, params, layers), params));
  },
  async onEnd(model, reason) {
    if (reason !== "finished") return;
    const { roundTo } = params;
    const snapshot = await model.snapshot();
    const removals = softChoice(snapshot, params, layers);
    const ready =
      params.offsets === "zero"
        ? zeroFilters(snapshot, removals, params)
        : absorbOffsets(zeroFilters(snapshot, removals, params), removals, { roundTo });
    const { snapshot: cut, kept } = removeChannels(ready, removals, { roundTo });
    model.replace(await services.recalibrateBatchNorm(cut), kept);
  },
});
