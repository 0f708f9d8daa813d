/**
 * Learning that a GPU is gone: the driver was reset, the laptop changed its graphics card, the browser took the context
 * away. What tfjs computes after that is nothing, and it does not say so.
 */
import * as tf from "@tensorflow/tfjs-core";

/** The parts of tfjs' GPU backends that tell. */
interface GpuBackend {
  /** webgpu */
  readonly device?: { readonly lost: Promise<{ readonly message: string; readonly reason?: string }> };
  /** webgl */
  readonly gpgpu?: { readonly gl?: { readonly canvas?: EventTarget } };
}

/** Watches the backend that is in use; one without a device is never lost. */
export function watchDevice(onLost: (reason: string) => void): void {
  const backend = tf.backend() as unknown as GpuBackend;
  void backend.device?.lost.then(({ message, reason }) => {
    // A backend that was disposed, for another one, destroys its device itself.
    if (reason !== "destroyed") onLost(`the graphics device was lost: ${message}`);
  });
  backend.gpgpu?.gl?.canvas?.addEventListener("webglcontextlost", () => onLost("the graphics context was lost"));
}
