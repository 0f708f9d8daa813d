/** k grows from 1; θ is a score of the channel. */
export const formula = "m = σ(kθ),  L + λ mean(m),  keep {c : m_c > ½}";
