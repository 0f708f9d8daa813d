/** Ids of the pretrained networks that ship with the studio. Light: documents are checked against them before a run. */
export const zooIds: readonly string[] = [
  "mlp-300-100-mnist",
  "lenet5c-mnist",
  "lenet5c-fashion-mnist",
  "cnn-m-fashion-mnist",
  "resnet8-fashion-mnist",
  "mobile-t-fashion-mnist",
  "unet-half-digit-seg",
];
