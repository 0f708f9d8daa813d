/** Ids of the networks that the studio builds by name. Light: block metadata and documents refer to them. */
export const buildIds = [
  "mlp-300-100",
  "lenet5c",
  "cnn-s",
  "cnn-m",
  "cnn-m/2",
  "cnn-m/4",
  "resnet8",
  "mobile-t",
  "cnn-se",
  "unet-digit",
  "unet-digit/2",
] as const;
export type BuildId = (typeof buildIds)[number];

/** Whether an id, e.g. one read from a document, is of the list. */
export const isBuildId = (id: string): id is BuildId => (buildIds as readonly string[]).includes(id);

interface SettingRange {
  /** Both ends allowed. */
  readonly min: number;
  readonly max: number;
}

/** What can be asked of a builder besides its name: `cnn-m?width=2` has twice the channels. */
export const buildSettings: { readonly [Id in BuildId]?: Readonly<Record<string, SettingRange>> } = {
  "cnn-m": { width: { min: 0.125, max: 4 } },
  "mobile-t": { width: { min: 0.125, max: 4 } },
};

export interface Build {
  readonly id: BuildId;
  /** Those that were asked for. */
  readonly settings: Readonly<Record<string, number>>;
}

/** `<id>` or `<id>?<setting>=<number>&...`. @returns what is wrong where it is none */
export function parseBuild(text: string): Build | { readonly problem: string } {
  const [id = "", query] = text.split("?", 2);
  if (!isBuildId(id)) {
    return { problem: `expected a network that can be built (${buildIds.join(", ")}), got '${id}'` };
  }
  const known = buildSettings[id] ?? {};
  const settings: Record<string, number> = {};
  for (const part of query?.split("&") ?? []) {
    const [name = "", written = ""] = part.split("=", 2);
    const range = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!range) {
      const names = Object.keys(known).join(", ") || "none";
      return { problem: `expected settings of ${id} among ${names}, got '${name}'` };
    }
    const value = written.trim() === "" ? NaN : Number(written);
    if (!(value >= range.min && value <= range.max)) {
      return { problem: `${name} of ${id} must be in [${range.min}, ${range.max}], got '${written}'` };
    }
    settings[name] = value;
  }
  return { id, settings };
}
