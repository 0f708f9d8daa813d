/** One implementation for each catalogue entry; a missing or surplus one does not compile. Heavy: loads tensors. */
import type { BlockImplementation } from "./block";
import type { BlockId, MetaOf } from "./catalog";
import { kdLogits } from "./distill/kd-logits/kd-logits";
import { replace } from "./model/replace/replace";
import { apoz } from "./prune/apoz/apoz";
import { attentionSe } from "./prune/attention-se/attention-se";
import { bnL1 } from "./prune/bn-l1/bn-l1";
import { filterL1 } from "./prune/filter-l1/filter-l1";
import { filterL2 } from "./prune/filter-l2/filter-l2";
import { fpgm } from "./prune/fpgm/fpgm";
import { granLayer } from "./prune/gran-layer/gran-layer";
import { magnitude } from "./prune/magnitude/magnitude";
import { nasMorphism } from "./prune/nas-morphism/nas-morphism";
import { schedLayerwise } from "./prune/sched-layerwise/sched-layerwise";
import { schedLotteryTicket } from "./prune/sched-lottery-ticket/sched-lottery-ticket";
import { granBlockDiagonal } from "./prune/gran-block-diagonal/gran-block-diagonal";
import { groupBrainDamage } from "./prune/group-brain-damage/group-brain-damage";
import { granGroup } from "./prune/gran-group/gran-group";
import { sparsityRatio } from "./prune/sparsity-ratio/sparsity-ratio";
import { networkSlimming } from "./prune/network-slimming/network-slimming";
import { vcd } from "./prune/vcd/vcd";
import { obd } from "./prune/obd/obd";
import { obs } from "./prune/obs/obs";
import { sparseVd } from "./prune/sparse-vd/sparse-vd";
import { ppRes } from "./prune/pp-res/pp-res";
import { gsm } from "./prune/gsm/gsm";
import { gradientDbtd } from "./prune/gradient-dbtd/gradient-dbtd";
import { sfp } from "./prune/sfp/sfp";
import { jointIo } from "./prune/joint-io/joint-io";
import { thinet } from "./prune/thinet/thinet";
import { sslGroupLasso } from "./prune/ssl-group-lasso/ssl-group-lasso";
import { knapsack } from "./prune/knapsack/knapsack";
import { lrp } from "./prune/lrp/lrp";
import { disp } from "./prune/disp/disp";
import { pdip } from "./prune/pdip/pdip";
import { affineInt8 } from "./quantize/affine-int8/affine-int8";
import { qatFakeQuant } from "./quantize/qat-fake-quant/qat-fake-quant";
import { uniformKbit } from "./quantize/uniform-kbit/uniform-kbit";
import { fineTune } from "./train/fine-tune/fine-tune";

const registry: { readonly [Id in BlockId]: BlockImplementation<MetaOf<Id>["params"]> } = {
  "model.replace": replace,
  "prune.gran-layer": granLayer,
  "prune.magnitude": magnitude,
  "prune.sched-lottery-ticket": schedLotteryTicket,
  "prune.sched-layerwise": schedLayerwise,
  "prune.nas-morphism": nasMorphism,
  "prune.gran-block-diagonal": granBlockDiagonal,
  "prune.group-brain-damage": groupBrainDamage,
  "prune.gran-group": granGroup,
  "prune.filter-l1": filterL1,
  "prune.filter-l2": filterL2,
  "prune.bn-l1": bnL1,
  "prune.thinet": thinet,
  "prune.fpgm": fpgm,
  "prune.apoz": apoz,
  "prune.attention-se": attentionSe,
  "prune.sparsity-ratio": sparsityRatio,
  "prune.sfp": sfp,
  "prune.network-slimming": networkSlimming,
  "prune.vcd": vcd,
  "prune.obd": obd,
  "prune.obs": obs,
  "prune.sparse-vd": sparseVd,
  "prune.pp-res": ppRes,
  "prune.gsm": gsm,
  "prune.gradient-dbtd": gradientDbtd,
  "prune.ssl-group-lasso": sslGroupLasso,
  "prune.joint-io": jointIo,
  "prune.knapsack": knapsack,
  "prune.lrp": lrp,
  "prune.disp": disp,
  "prune.pdip": pdip,
  "quant.uniform-kbit": uniformKbit,
  "quant.affine-int8": affineInt8,
  "quant.qat-fake-quant": qatFakeQuant,
  "distill.kd-logits": kdLogits,
  "train.fine-tune": fineTune,
};

/** The implementation of a block; its parameters must have passed its own schema. */
export const implementationOf = (id: BlockId): BlockImplementation => registry[id] as unknown as BlockImplementation;
