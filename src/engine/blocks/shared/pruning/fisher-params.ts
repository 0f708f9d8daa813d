/** The parameters of pruners that look at gradients of single training images. Light: metadata reads it. */
import { number } from "../../params";

export const fisherParams = {
  images: number({ min: 8, max: 4096, default: 256, integer: true, unit: "images" }),
  batchSize: number({ min: 1, max: 64, default: 1, integer: true, unit: "images" }),
} as const;
