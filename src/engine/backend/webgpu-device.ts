/**
 * The one place that knows how tfjs' webgpu backend records its work: how to put a program with several outputs among
 * its dispatches, and how to give back the buffers that it keeps for reuse. Nothing is patched.
 */
import type { WebGPUBackend, WebGPUProgram } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";

/** Name under which tfjs registers its WebGPU backend. */
export const WEBGPU = "webgpu";

/** A uniform and its type in WGSL. */
export type GpuUniform = readonly [name: string, type: "f32" | "i32"];

/** A compute shader on float32 buffers. Names are those of variables in `body`. */
export interface GpuProgram {
  /** Distinguishes it from all others. */
  readonly key: string;
  /** Read only; with the outputs at most 8, which is what every device can bind. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly uniforms: readonly GpuUniform[];
  /** Invocations of a workgroup, at most 256. */
  readonly workgroupSize: number;
  /** Declarations outside functions: workgroup memory, helpers. */
  readonly declarations?: string;
  /**
   * Statements of the entry point. They see `group` (the workgroup's place, vec3<u32>), `lane` (i32, in the workgroup),
   * `index` (i32, over all workgroups), and `uniforms`.
   */
  readonly body: string;
}

export interface GpuOutput {
  readonly shape: readonly number[];
}

/** Members that tfjs declares private. */
interface Recorder {
  /**
   * Binds the first output, the inputs and a buffer of uniforms in this order, records the dispatch in the pass at hand,
   * and holds the tensors' buffers until it was submitted.
   */
  recordAndSubmit(
    program: WebGPUProgram,
    output: tf.TensorInfo,
    inputs: tf.TensorInfo[],
    uniforms: { type: string; data: number[] }[],
  ): void;
  readonly commandEncoder: GPUCommandEncoder | null;
}

interface BufferPool {
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

/** Workgroups along one dimension: what every device allows. */
const widest = 65_535;

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** The backend that a kernel is called with, or null where tfjs' insides are not as this file knows them. */
export function asWebgpuBackend(backend: unknown): WebGPUBackend | null {
  const found = backend as Partial<Recorder & Pick<WebGPUBackend, "uploadToGPU" | "device">>;
  const known =
    typeof found.recordAndSubmit === "function" &&
    typeof found.uploadToGPU === "function" &&
    found.device !== undefined;
  return known ? (backend as WebGPUBackend) : null;
}

/** True where all tensors lie as float32 and none is empty. A cast from int32 changes what tfjs says of it, not the data. */
export const areFloats = (backend: WebGPUBackend, ...tensors: tf.TensorInfo[]): boolean =>
  tensors.every(
    ({ dataId, dtype, shape }) =>
      dtype === "float32" && backend.tensorMap.get(dataId).dtype === "float32" && shape.every((length) => length > 0),
  );

/**
 * Runs a program; its outputs are new tensors, never the memory of an input.
 *
 * @param inputs one for each of the program's, as areFloats asks
 * @param outputs shapes, none empty
 * @param groups workgroups: a number is spread over two dimensions where one cannot take it, and `index` counts on
 */
export function dispatch(
  backend: WebGPUBackend,
  program: GpuProgram,
  inputs: readonly tf.TensorInfo[],
  outputs: readonly GpuOutput[],
  groups: number | readonly [x: number, y: number],
  uniforms: Readonly<Record<string, number>>,
): tf.TensorInfo[] {
  if (inputs.length !== program.inputs.length || outputs.length !== program.outputs.length) {
    throw new Error(
      `${program.key}: ${program.inputs.length} inputs and ${program.outputs.length} outputs were expected, ` +
        `got ${inputs.length} and ${outputs.length}`,
    );
  }
  const made = outputs.map(({ shape }) => backend.makeTensorInfo([...shape], "float32"));
  for (const { dataId } of [...inputs, ...made]) backend.uploadToGPU(dataId);
  const [first, ...bound] = [...made, ...inputs].map(asVector);
  const recorded = {
    shaderKey: program.key,
    pipeline: pipelineOf(backend.device, program),
    dispatch: typeof groups === "number" ? spreadGroups(groups) : [...groups, 1],
  };
  const values = program.uniforms.map(([name, type]) => {
    const value = uniforms[name];
    if (value === undefined) throw new Error(`${program.key}: uniform '${name}' was expected`);
    return { type: type === "f32" ? "float32" : "int32", data: [value] };
  });
  (backend as unknown as Recorder).recordAndSubmit(recorded as unknown as WebGPUProgram, first!, bound, values);
  return made;
}

/** Rank 1, so that all that tfjs puts among the uniforms for a tensor is its size and a stride of 1. */
const asVector = ({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo => ({
  dataId,
  shape: [tf.util.sizeFromShape(shape)],
  dtype,
});

/** `groups` or a few more, in a shape that a device takes. */
function spreadGroups(groups: number): [number, number, number] {
  const y = Math.ceil(groups / widest);
  return [Math.ceil(groups / y), y, 1];
}

function pipelineOf(device: GPUDevice, program: GpuProgram): GPUComputePipeline {
  const known = pipelinesOf(device);
  const found = known.get(program.key) ?? device.createComputePipeline(pipelineDescriptor(device, program));
  known.set(program.key, found);
  return found;
}

/** Compiles programs side by side, so that the first use of each need not wait. What does not compile is left for then. */
export async function compilePrograms(device: GPUDevice, programs: readonly GpuProgram[]): Promise<void> {
  const known = pipelinesOf(device);
  const unknown = programs.filter(({ key }) => !known.has(key));
  device.pushErrorScope("validation");
  const compiling = unknown.map((program) => device.createComputePipelineAsync(pipelineDescriptor(device, program)));
  const ignored = device.popErrorScope();
  const compiled = await Promise.allSettled(compiling);
  await ignored;
  compiled.forEach((result, index) => {
    if (result.status === "fulfilled") known.set(unknown[index]!.key, result.value);
  });
}

function pipelinesOf(device: GPUDevice): Map<string, GPUComputePipeline> {
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  return known;
}

function pipelineDescriptor(device: GPUDevice, program: GpuProgram): GPUComputePipelineDescriptor {
  const types: GPUBufferBindingType[] = [
    ...program.outputs.map(() => "storage" as const),
    ...program.inputs.map(() => "read-only-storage" as const),
    "uniform",
  ];
  // Written out: an automatic layout leaves out what the shader does not read.
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  });
  return {
    label: program.key,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label: program.key, code: shaderOf(program) }), entryPoint: "main" },
  };
}

function shaderOf({ inputs, outputs, uniforms, workgroupSize, declarations = "", body }: GpuProgram): string {
  const buffers = [...outputs, ...inputs];
  // In tfjs' order: two constants, size and stride of the inputs bound and then of the first output, our own.
  const sizes = [...buffers.slice(1), buffers[0]!].map((name) => `${name}Size: i32, ${name}Stride: i32,`);
  const own = uniforms.map(([name, type]) => `${name}: ${type},`);
  const bindings = buffers.map(
    (name, index) =>
      `@group(0) @binding(${index}) var<storage, ${index < outputs.length ? "read_write" : "read"}> ${name}: array<f32>;`,
  );
  return `
struct Uniforms { nan: f32, infinity: f32, ${sizes.join(" ")} ${own.join(" ")} }
${bindings.join("\n")}
@group(0) @binding(${buffers.length}) var<uniform> uniforms: Uniforms;
${declarations}
@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) invocation: u32,
) {
  let lane = i32(invocation);
  let index = i32(group.y * groups.x + group.x) * ${workgroupSize} + lane;
${body}
}
`;
}

/**
 * Gives back the buffers that no tensor uses. tfjs keeps each for the next tensor of exactly its size, so that after a
 * change of shapes they would stay for good.
 *
 * @returns bytes given back
 */
export function releasePooledBuffers(backend: WebGPUBackend): number {
  // What was disposed since the last submission joins the pool with it.
  if ((backend as unknown as Recorder).commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  const pool = backend.bufferManager as unknown as BufferPool;
  let bytes = 0;
  for (const buffers of pool.freeBuffers.values()) {
    for (const buffer of buffers) {
      bytes += buffer.size;
      buffer.destroy();
    }
    pool.numFreeBuffers -= buffers.length;
    // The list itself stays: a buffer in use expects to find it when it is released.
    buffers.length = 0;
  }
  pool.numBytesAllocated -= bytes;
  return bytes;
}
