/** Every block the palette offers, in palette order. Metadata only: safe to import from the page. */
import { EngineError } from "../core/errors";
import type { BlockMeta } from "./block";
import { meta as kdLogits } from "./distill/kd-logits/meta";
import { meta as replace } from "./model/replace/meta";
import { meta as apoz } from "./prune/apoz/meta";
import { meta as attentionSe } from "./prune/attention-se/meta";
import { meta as bnL1 } from "./prune/bn-l1/meta";
import { meta as filterL1 } from "./prune/filter-l1/meta";
import { meta as filterL2 } from "./prune/filter-l2/meta";
import { meta as fpgm } from "./prune/fpgm/meta";
import { meta as granLayer } from "./prune/gran-layer/meta";
import { meta as magnitude } from "./prune/magnitude/meta";
import { meta as nasMorphism } from "./prune/nas-morphism/meta";
import { meta as schedLayerwise } from "./prune/sched-layerwise/meta";
import { meta as schedLotteryTicket } from "./prune/sched-lottery-ticket/meta";
import { meta as granBlockDiagonal } from "./prune/gran-block-diagonal/meta";
import { meta as groupBrainDamage } from "./prune/group-brain-damage/meta";
import { meta as granGroup } from "./prune/gran-group/meta";
import { meta as sparsityRatio } from "./prune/sparsity-ratio/meta";
import { meta as networkSlimming } from "./prune/network-slimming/meta";
import { meta as vcd } from "./prune/vcd/meta";
import { meta as obd } from "./prune/obd/meta";
import { meta as obs } from "./prune/obs/meta";
import { meta as sparseVd } from "./prune/sparse-vd/meta";
import { meta as ppRes } from "./prune/pp-res/meta";
import { meta as gsm } from "./prune/gsm/meta";
import { meta as gradientDbtd } from "./prune/gradient-dbtd/meta";
import { meta as sfp } from "./prune/sfp/meta";
import { meta as jointIo } from "./prune/joint-io/meta";
import { meta as thinet } from "./prune/thinet/meta";
import { meta as sslGroupLasso } from "./prune/ssl-group-lasso/meta";
import { meta as knapsack } from "./prune/knapsack/meta";
import { meta as lrp } from "./prune/lrp/meta";
import { meta as disp } from "./prune/disp/meta";
import { meta as pdip } from "./prune/pdip/meta";
import { meta as affineInt8 } from "./quantize/affine-int8/meta";
import { meta as qatFakeQuant } from "./quantize/qat-fake-quant/meta";
import { meta as uniformKbit } from "./quantize/uniform-kbit/meta";
import { meta as fineTune } from "./train/fine-tune/meta";

export const catalog = [
  replace,
  granLayer,
  nasMorphism,
  magnitude,
  schedLotteryTicket,
  schedLayerwise,
  granBlockDiagonal,
  groupBrainDamage,
  granGroup,
  filterL1,
  filterL2,
  bnL1,
  thinet,
  fpgm,
  apoz,
  attentionSe,
  sparsityRatio,
  sfp,
  networkSlimming,
  vcd,
  obd,
  obs,
  sparseVd,
  ppRes,
  gsm,
  gradientDbtd,
  sslGroupLasso,
  jointIo,
  knapsack,
  lrp,
  disp,
  pdip,
  uniformKbit,
  affineInt8,
  qatFakeQuant,
  kdLogits,
  fineTune,
] as const;

export type BlockId = (typeof catalog)[number]["id"];
export type MetaOf<Id extends BlockId> = Extract<(typeof catalog)[number], { id: Id }>;

const byId = new Map<string, BlockMeta>(catalog.map((meta) => [meta.id, meta]));

export const isBlockId = (id: string): id is BlockId => byId.has(id);

/** @throws EngineError `unknown-block` */
export function blockMeta(id: string, clipId?: string): BlockMeta {
  const meta = byId.get(id);
  if (!meta) {
    throw new EngineError("unknown-block", `expected a block among ${[...byId.keys()].join(", ")}, got '${id}'`, {
      clipId,
    });
  }
  return meta;
}
