/** h is the mean of squared gradients of single images. */
export const formula = "ℓ(w) = ½ h w²,  h = meanₙ (∂Lₙ/∂w)²";
