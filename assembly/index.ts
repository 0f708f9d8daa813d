/**
 * What the module exports. All pointers are byte offsets into the shared heap, all tensors float32 and dense,
 * channels last.
 */
export { maxChannels, scratchBytes, setScratch } from "./scratch";
export { gemm } from "./gemm";
export { convFilterGradient, convForward, convInputGradient, convInputScratch } from "./conv";
