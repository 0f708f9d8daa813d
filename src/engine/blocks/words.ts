/** The words of every block in both languages, by id. Loaded by whoever shows them; the engine itself never does. */
import type { BlockWords } from "./block";
import type { BlockId, MetaOf } from "./catalog";
import { words as kdLogits } from "./distill/kd-logits/words";
import { words as replace } from "./model/replace/words";
import { words as apoz } from "./prune/apoz/words";
import { words as attentionSe } from "./prune/attention-se/words";
import { words as bnL1 } from "./prune/bn-l1/words";
import { words as filterL1 } from "./prune/filter-l1/words";
import { words as filterL2 } from "./prune/filter-l2/words";
import { words as fpgm } from "./prune/fpgm/words";
import { words as granLayer } from "./prune/gran-layer/words";
import { words as magnitude } from "./prune/magnitude/words";
import { words as nasMorphism } from "./prune/nas-morphism/words";
import { words as schedLayerwise } from "./prune/sched-layerwise/words";
import { words as schedLotteryTicket } from "./prune/sched-lottery-ticket/words";
import { words as granBlockDiagonal } from "./prune/gran-block-diagonal/words";
import { words as groupBrainDamage } from "./prune/group-brain-damage/words";
import { words as granGroup } from "./prune/gran-group/words";
import { words as sparsityRatio } from "./prune/sparsity-ratio/words";
import { words as networkSlimming } from "./prune/network-slimming/words";
import { words as vcd } from "./prune/vcd/words";
import { words as obd } from "./prune/obd/words";
import { words as obs } from "./prune/obs/words";
import { words as sparseVd } from "./prune/sparse-vd/words";
import { words as ppRes } from "./prune/pp-res/words";
import { words as gsm } from "./prune/gsm/words";
import { words as gradientDbtd } from "./prune/gradient-dbtd/words";
import { words as sfp } from "./prune/sfp/words";
import { words as jointIo } from "./prune/joint-io/words";
import { words as thinet } from "./prune/thinet/words";
import { words as sslGroupLasso } from "./prune/ssl-group-lasso/words";
import { words as knapsack } from "./prune/knapsack/words";
import { words as lrp } from "./prune/lrp/words";
import { words as disp } from "./prune/disp/words";
import { words as pdip } from "./prune/pdip/words";
import { words as affineInt8 } from "./quantize/affine-int8/words";
import { words as qatFakeQuant } from "./quantize/qat-fake-quant/words";
import { words as uniformKbit } from "./quantize/uniform-kbit/words";
import { words as fineTune } from "./train/fine-tune/words";

export const blockWords: { readonly [Id in BlockId]: BlockWords<MetaOf<Id>["params"]> } = {
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
