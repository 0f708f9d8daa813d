/** The formula of every method as text; two spaces are where it may best be broken. A block without one does not compile. */
import type { BlockId } from "../../../engine/blocks/catalog";

export const formulas: Readonly<Record<BlockId, string>> = {
  // A fresh draw of the weights; what was there before still counts as the original.
  "model.replace": "θ ← θ₀(seed),  ratio = bytes(θ_orig) / bytes(θ)",
  // τ is the quantile of |w| that leaves the sparsity aimed at.
  "prune.magnitude": "m = 1[|w| ≥ τ(s)],  w ← m ⊙ w",
  // Over all weights i of the filter o.
  "prune.filter-l1": "ℓ(o) = Σᵢ |Kᵢₒ|,  keep {o : ℓ(o) ≥ τ(s)}",
  "quant.uniform-kbit": "S = c / (2ᵏ⁻¹ − 1),  ŵ = S · round(clip(w, ±c)/S)",
  "quant.affine-int8": "q = clip(round(x/S) + Z, 0, 2ᵇ − 1),  x̂ = S · (q − Z)",
  // The straight-through estimator.
  "quant.qat-fake-quant": "ŵ = Q(w),  ∂L/∂w = ∂L/∂ŵ · 1[|w| ≤ c]",
  "distill.kd-logits": "L = α T² KL(σ(zₜ/T) ‖ σ(zₛ/T))  + (1 − α) CE(y, zₛ)",
  // u is what the optimizer makes of the gradient.
  "train.fine-tune": "L = CE(y, z),  w ← w − η(t) · u(∇L)",
};
