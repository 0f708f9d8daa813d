/**
 * What the module exports. All pointers are byte offsets into the shared heap, all tensors float32 and dense,
 * channels last.
 */
export { maxChannels, scratchBytes, setScratch } from "./scratch";
export { gemm, gemmPart } from "./gemm";
export { convFilterGradient, convForward, convInputGradient, convInputScratch, flipFilter } from "./conv";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { avgPoolGradient, maxPoolGradient } from "./pool";
export { biasAndClip, reluGradient, spreadMiddle, sumMiddle } from "./reduce";
export {
  batchNormApply, batchNormFactors, batchNormInputGradient, batchNormMerge, batchNormMoments, batchNormSums,
} from "./norm";
export { adam, sgd } from "./optimizer";
export { nearestValue, passWithin, roundToGrid, uniformGrid } from "./fake-quant";
export { winogradFilterGradient, winogradForward, winogradScratch } from "./winograd";
