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
