/**
 * Latency of one layer on a declared device. Computed from what the profile declares, never measured here: this
 * program has no integer kernels, so no speed of few bits can be seen by running it.
 */
import { EngineError } from "../core/errors";

/** A kernel that the device has: it computes with values no wider than these. */
export interface DeviceKernel {
  readonly wBits: number;
  readonly aBits: number;
  readonly macsPerMs: number;
}

/** Williams et al. 2009: a layer takes as long as its arithmetic or its traffic, whichever is longer. */
export interface RooflineProfile {
  readonly kind: "roofline";
  readonly name: string;
  /** At least one of 32 x 32 bits. Widths that no narrower kernel holds run on the fastest one that holds them. */
  readonly kernels: readonly DeviceKernel[];
  /** Memory traffic: the layer's weights and what it reads, once each; what it writes counts where it is read. */
  readonly bytesPerMs: number;
}

export interface LatencyEntry {
  readonly wBits: number;
  readonly aBits: number;
  readonly ms: number;
}

/** Times of a device by layer and widths, from wherever they were taken. */
export interface LatencyTable {
  readonly kind: "table";
  readonly name: string;
  /** By the id of the layer's node. */
  readonly layers: ReadonlyMap<string, readonly LatencyEntry[]>;
}

export type DeviceProfile = RooflineProfile | LatencyTable;

/** What a profile needs to know of a layer. */
export interface LayerWork {
  readonly id: string;
  /** For one sample. */
  readonly macs: number;
  readonly weights: number;
  /** Values that it reads for one sample. */
  readonly reads: number;
  readonly wBits: number;
  readonly aBits: number;
}

/**
 * Milliseconds of one layer for one sample. Computed.
 * @throws EngineError `invalid-params` where a table lacks the layer or a width that holds it, or no kernel does
 */
export function layerLatency(profile: DeviceProfile, work: LayerWork): number {
  const holds = (entry: { readonly wBits: number; readonly aBits: number }) =>
    entry.wBits >= work.wBits && entry.aBits >= work.aBits;
  if (profile.kind === "table") {
    const entries = (profile.layers.get(work.id) ?? []).filter(holds);
    if (entries.length === 0) throw missing(profile.name, work);
    return Math.min(...entries.map(({ ms }) => ms));
  }
  const kernels = profile.kernels.filter(holds);
  if (kernels.length === 0) throw missing(profile.name, work);
  const arithmetic = work.macs / Math.max(...kernels.map(({ macsPerMs }) => macsPerMs));
  const bits = work.weights * work.wBits + work.reads * work.aBits;
  return Math.max(arithmetic, bits / 8 / profile.bytesPerMs);
}

const missing = (name: string, { id, wBits, aBits }: LayerWork): EngineError =>
  new EngineError(
    "invalid-params",
    `device profile '${name}' expected a time of layer '${id}' at ${wBits} x ${aBits} bits, got none; add it`,
  );

const widths = [2, 3, 4, 5, 6, 7, 8];

/** Bit-serial arithmetic takes as many passes as weight bits times activation bits (Umuroglu et al. 2018). */
const bitSerialKernels: readonly DeviceKernel[] = [
  { wBits: 32, aBits: 32, macsPerMs: 1e9 / (32 * 32) },
  ...widths.flatMap((wBits) => widths.map((aBits) => ({ wBits, aBits, macsPerMs: 1e9 / (wBits * aBits) }))),
];

/**
 * Two devices by declaration: round numbers of our own for the two ways in which hardware rewards few bits, and no
 * figures of a product. `bit-serial` pays for every bit, `int8` has a kernel of 8 bits (four times as fast as floats)
 * and none below.
 */
export const deviceProfiles = {
  "bit-serial": { kind: "roofline", name: "bit-serial", kernels: bitSerialKernels, bytesPerMs: 1e6 },
  int8: {
    kind: "roofline",
    name: "int8",
    kernels: [
      { wBits: 32, aBits: 32, macsPerMs: 5e6 },
      { wBits: 8, aBits: 8, macsPerMs: 2e7 },
    ],
    bytesPerMs: 1e6,
  },
} as const satisfies Readonly<Record<string, RooflineProfile>>;

export type DeviceId = keyof typeof deviceProfiles;
export const deviceIds = Object.keys(deviceProfiles) as DeviceId[];
