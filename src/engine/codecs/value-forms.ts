/** Every value form, in the order in which ties are decided. A new one is a file in `forms/` and a line here. */
import { codebook } from "./forms/codebook";
import { codesForm } from "./forms/codes";
import { float16 } from "./forms/float16";
import { float32 } from "./forms/float32";
import { powerOfTwo } from "./forms/power-of-two";
import { signs } from "./forms/signs";
import type { ValueForm } from "./value-form";

/** Keys are written into files: never rename one. */
export const valueForms = {
  f32: float32,
  f16: float16,
  uniform: codesForm("uniform", "scales"),
  signs,
  "power-of-two": powerOfTwo,
  codebook,
  coded: codesForm("coded", "tables"),
} as const satisfies Readonly<Record<string, ValueForm>>;

export type ValueFormId = keyof typeof valueForms;
export const valueFormIds = Object.keys(valueForms) as ValueFormId[];
