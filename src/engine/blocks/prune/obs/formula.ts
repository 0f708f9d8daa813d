export const formula = "ℓ(w) = w² / (2 [H⁻¹]_ww),  δ = −(w / [H⁻¹]_ww) H⁻¹ e_w";
