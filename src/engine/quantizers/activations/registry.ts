/** Every kind of quantizer of activations; a missing or surplus one does not compile. */
import type { ActivationQuantizer, ActivationQuantizers } from "../../core/snapshot";
import { affine } from "./affine";
import { basis } from "./basis";
import type { ActivationKind, AnyActivationKind } from "./kind";

/** Keys are written into files: never rename one. */
export const activationKinds: { readonly [K in keyof ActivationQuantizers]: ActivationKind<ActivationQuantizers[K]> } =
  { affine, basis };

export type ActivationKindName = keyof ActivationQuantizers;
export const activationKindNames = Object.keys(activationKinds) as ActivationKindName[];

/** The kind of a file's quantizers that name none: files had it before there were others. */
export const unnamedActivationKind: ActivationKindName = "affine";

/** The kind of a quantizer, typed so that it takes that quantizer. */
export const activationKindOf = ({ kind }: Pick<ActivationQuantizer, "kind">): AnyActivationKind =>
  activationKinds[kind] as unknown as AnyActivationKind;
