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
  // Between zeroings the filters go on training.
  "prune.sfp": "Kₒ ← 0 where ‖Kₒ‖ ≤ τ(s),  K ← K − η ∇L for all o",
  // γ over all channels of the network.
  "prune.network-slimming": "L + λ Σ |γ_c|,  keep {c : |γ_c| ≥ τ(s)}",
  // Of each scale of batch normalization, drawn anew at each step.
  "prune.vcd": "γ ~ N(μ, v),  L + β Σ KL(γ ‖ N(0, 1)),  keep v/μ² < τ",
  // g are filters, channels, places or layers; η is the learning rate.
  "prune.ssl-group-lasso": "K_g ← max(0, 1 − ηλ/‖K_g‖₂) · K_g",
  // What makes the channel c and what reads it.
  "prune.joint-io": "L + λ Σ_c √(‖K_c^out‖² + ‖K_c^in‖²)",
  // v is a Taylor term and a its multiply-accumulates.
  "prune.knapsack": "max Σ v_c x_c,  Σ a_c x_c ≤ B,  v_c = Σ |w · ∂L/∂w|",
  // h is the mean of squared gradients of single images.
  "prune.obd": "ℓ(w) = ½ h w²,  h = meanₙ (∂Lₙ/∂w)²",
  "prune.obs": "ℓ(w) = w² / (2 [H⁻¹]_ww),  δ = −(w / [H⁻¹]_ww) H⁻¹ e_w",
  // m marks the Q weights of the largest product with their gradient.
  "prune.gsm": "m = topQ |w · ∂L/∂w|,  u ← βu + λw + m ⊙ ∇L",
  // α is the dropout rate of a weight.
  "prune.sparse-vd": "L + β KL(α),  log α = log σ² − log θ²,  keep log α ≤ 3",
  // k grows from 1; θ is a score of the channel.
  "prune.pp-res": "m = σ(kθ),  L + λ mean(m),  keep {c : m_c > ½}",
  "prune.sched-lottery-ticket": "m ← m ⊙ 1[|w| ≥ τ],  w ← m ⊙ θ_k",
  // For one layer after the other; δ is a step, A the validation accuracy.
  "prune.sched-layerwise": "s ← s + δ  while A(prune(l, s)) ≥ A₀ − τ",
  // C are the multiply-accumulates of a candidate n, B what is aimed at.
  "prune.nas-morphism": "max_n  A(n) − μ max(0, C(n)/B − 1)",
  // The same places r, s, i for all filters.
  "prune.gran-group": "ℓ(rsi) = ‖K_rsi,:‖₂,  keep {rsi : ℓ ≥ τ(s)}",
  "prune.group-brain-damage": "L + λ Σ ‖K_rsi,:‖₂,  K_rsi,: ← 0 where ≤ τ",
  // In each tile of p x p.
  "prune.gran-block-diagonal": "keep w_ij where (j − i) mod p = k,  k = argmax Σ w²",
  "prune.gradient-dbtd": "τ = Φ⁻¹((1+p)/2) · σ̂,  g ← τ sign g where |g| > rτ, or 0",
  // R is what the logit hands back, z_k = Σ a_j w_jk damped by epsilon.
  "prune.lrp": "ℓ(c) = meanₙ |Σ R_c|,  R_j = Σₖ a_j w_jk Rₖ / z_k",
  // y_g is the output of the unit, I the importances of its layer.
  "prune.disp": "ℓ(g) = I_g / ‖I‖₂,  I_g = meanₙ |Σ y_g · ∂Lₙ/∂y_g|",
  "prune.pdip": "x ← x ⊙ a,  a = σ(θ),  L + μ mean(a),  keep {a ≥ τ}",
  "quant.uniform-kbit": "S = c / (2ᵏ⁻¹ − 1),  ŵ = S · round(clip(w, ±c)/S)",
  "quant.affine-int8": "q = clip(round(x/S) + Z, 0, 2ᵇ − 1),  x̂ = S · (q − Z)",
  // The straight-through estimator.
  "quant.qat-fake-quant": "ŵ = Q(w),  ∂L/∂w = ∂L/∂ŵ · 1[|w| ≤ c]",
  "distill.kd-logits": "L = α T² KL(σ(zₜ/T) ‖ σ(zₛ/T))  + (1 − α) CE(y, zₛ)",
  // u is what the optimizer makes of the gradient.
  "train.fine-tune": "L = CE(y, z),  w ← w − η(t) · u(∇L)",
};
