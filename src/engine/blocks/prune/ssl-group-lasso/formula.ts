/** g are filters, channels, places or layers; η is the learning rate. */
export const formula = "K_g ← max(0, 1 − ηλ/‖K_g‖₂) · K_g";
