/** For tests only: arrays as NumPy writes them. */

/** @param descr as in the header, e.g. `<f4` @param shape as in the header, e.g. `(2, 3)` */
export function npyBytes(
  descr: string,
  shape: string,
  values: ArrayLike<number>,
  { version = 1, fortran = false } = {},
): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }\n`;
  const length =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...Array.from(values)]);
}

/**
 * Written by numpy 2.4.6's savez_compressed: x_train uint8 [3, 2, 2] of 0, 7, .. 77; y_train int64 [0, 1, 2];
 * x_test the first image; y_test uint8 [[2]].
 */
export const numpyNpz = (): Uint8Array => Uint8Array.from(atob(numpyNpzBase64), (c) => c.charCodeAt(0));

const numpyNpzBase64 =
  "UEsDBC0AAAAIAAAAIQDQM2B///////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBiYOcTlVHWMrSwd/MFAFBLAwQtAAAACAAAACEA90AS6v//////////CwAUAHlfdHJhaW4ubnB5AQAQAJgAAAAAAAAATAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBihghNJMUBoAUEsDBC0AAAAIAAAAIQCnXJo2//////////8KABQAeF90ZXN0Lm5weQEAEACEAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahjoKRkCkqaNQq0Ae4GJg5xMFAFBLAwQtAAAACAAAACEAoDeLKf//////////CgAUAHlfdGVzdC5ucHkBABAAgQAAAAAAAABHAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CoaaOgq1CmQDLiYAUEsBAi0DLQAAAAgAAAAhANAzYH9UAAAAjAAAAAsAAAAAAAAAAAAAAIABAAAAAHhfdHJhaW4ubnB5UEsBAi0DLQAAAAgAAAAhAPdAEupMAAAAmAAAAAsAAAAAAAAAAAAAAIABkQAAAHlfdHJhaW4ubnB5UEsBAi0DLQAAAAgAAAAhAKdcmjZMAAAAhAAAAAoAAAAAAAAAAAAAAIABGgEAAHhfdGVzdC5ucHlQSwECLQMtAAAACAAAACEAoDeLKUcAAACBAAAACgAAAAAAAAAAAAAAgAGiAQAAeV90ZXN0Lm5weVBLBQYAAAAABAAEAOIAAAAlAgAAAAA=";
