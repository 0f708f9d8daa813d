/** Words of the parameters in `fisher-params.ts`, in both languages. */
import { words } from "#survey/words";

export const fisherWords = {
  images: { label: words("Training images looked at", "所用训练图像数") },
  batchSize: { label: words("Images for each gradient (1 is exact)", "每个梯度的图像数（1 为精确）") },
} as const;
