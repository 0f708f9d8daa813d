/** The formula of every method as text; two spaces are where it may best be broken. A block without one does not compile. */
import type { BlockId } from "../../../engine/blocks/catalog";

export const formulas: Readonly<Record<BlockId, string>> = {
  // A fresh draw of the weights; what was there before still counts as the original.
  "model.replace": "θ ← θ₀(seed),  ratio = bytes(θ_orig) / bytes(θ)",
  // τ is the quantile of |w| that leaves the sparsity aimed at.
  "prune.magnitude": "m = 1[|w| ≥ τ(s)],  w ← m ⊙ w",
  // Over all weights i of the filter o.
  "prune.filter-l1": "ℓ(o) = Σᵢ |Kᵢₒ|,  keep {o : ℓ(o) ≥ τ(s)}",
  // Norms of what makes the channel o.
  "prune.filter-l2": "ℓ(o) = √Σᵢ Kᵢₒ²,  keep {o : ℓ(o) ≥ τ(s)}",
  // γ is the scale of batch normalization behind the channel.
  "prune.bn-l1": "ℓ(c) = |γ_c|,  keep {c : ℓ(c) ≥ τ(s)}",
  // T are the channels gone, x_c what channel c gives to sampled outputs of the next layer, y = Σ x_c.
  "prune.thinet": "min_T ‖Σ_{c ∈ T} x_c‖²,  min_w ‖y − Σ_{c ∉ T} w_c x_c‖²",
  "prune.fpgm": "ℓ(o) = Σₚ ‖Kₒ − Kₚ‖₂,  keep {o : ℓ(o) ≥ τ(s)}",
  // Over images n and positions j.
  "prune.apoz": "APoZ(c) = Σₙⱼ 1[aₙⱼ_c = 0] / (N J),  keep {c : APoZ(c) ≤ τ(s)}",
  // g is the squeeze-and-excitation gate of the channel for image n.
  "prune.attention-se": "ℓ(c) = (1/N) Σₙ gₙ_c,  keep {c : ℓ(c) ≥ τ(s)}",
  "prune.sparsity-ratio": "S(c) = #{|w| < mean|w|} / #w,  keep {c : S(c) < θ}",
  // y = F(x) + x without F.
  "prune.gran-layer": "ℓ(block) = meanₙ ‖F(xₙ)‖ / ‖xₙ‖,  y ← x",
  "quant.uniform-kbit": "S = c / (2ᵏ⁻¹ − 1),  ŵ = S · round(clip(w, ±c)/S)",
  "quant.affine-int8": "q = clip(round(x/S) + Z, 0, 2ᵇ − 1),  x̂ = S · (q − Z)",
  // The straight-through estimator.
  "quant.qat-fake-quant": "ŵ = Q(w),  ∂L/∂w = ∂L/∂ŵ · 1[|w| ≤ c]",
  "distill.kd-logits": "L = α T² KL(σ(zₜ/T) ‖ σ(zₛ/T))  + (1 − α) CE(y, zₛ)",
  // u is what the optimizer makes of the gradient.
  "train.fine-tune": "L = CE(y, z),  w ← w − η(t) · u(∇L)",
};
