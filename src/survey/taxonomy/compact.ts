/** Section 1.1: networks that are small from the start, students for a distillation. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const compact = {
  compact: {
    section: "1.1",
    title: words("Compact architectures", "轻量级网络"),
    meaning: words(
      "Networks designed to be small, rather than made small afterwards.",
      "从设计之初就小巧的网络，而不是事后压缩得到的网络。",
    ),
  },
  "compact/manual": {
    parent: "compact",
    section: "1.1",
    title: words("Designed by hand", "人工设计轻量级网络"),
    meaning: words(
      "Cheaper forms of convolution and cheaper building blocks, put together by a person.",
      "由人设计更省计算的卷积方式和结构单元。",
    ),
  },
  "compact/depthwise-separable": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Depthwise separable convolution", "深度可分离卷积"),
    meaning: words(
      "One spatial filter for each channel, then a 1x1 convolution that mixes the channels.",
      "先对每个通道单独做空间卷积，再用 1x1 卷积混合各通道。",
    ),
    citations: ["mobilenet"],
  },
  "compact/inverted-residual": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Inverted residual with linear bottleneck", "倒残差结构与线性瓶颈"),
    meaning: words(
      "Widen, filter each channel, narrow again without an activation, and add the input.",
      "先升维，逐通道卷积，再不加激活地降维，最后与输入相加。",
    ),
    citations: ["mobilenet-v2"],
  },
  "compact/group-shuffle": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Pointwise group convolution and channel shuffle", "分组逐点卷积与通道混洗"),
    meaning: words(
      "1x1 convolutions within groups of channels, which are then interleaved so that groups exchange information.",
      "在通道组内做 1x1 卷积，再交错排列通道以便各组交换信息。",
    ),
    citations: ["shufflenet"],
  },
  "compact/channel-split": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Channel split", "通道分割"),
    meaning: words(
      "Half of the channels pass through unchanged, which saves memory traffic.",
      "一半通道原样通过，以减少访存。",
    ),
    citations: ["shufflenet-v2"],
  },
  "compact/fire": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Fire module", "Fire Module"),
    meaning: words(
      "A narrow 1x1 layer feeds a wider mixture of 1x1 and 3x3 filters.",
      "先用很窄的 1x1 层压缩，再接较宽的 1x1 与 3x3 卷积。",
    ),
    citations: ["squeezenet"],
  },
  "compact/squeeze-excitation": {
    parent: "compact/manual",
    section: "1.1",
    title: words("Squeeze-and-excitation, h-swish", "挤压和激励、h-swish 激活"),
    meaning: words(
      "A small gate computed from channel means rescales every channel; a piecewise swish replaces ReLU.",
      "由各通道均值算出门控并重新缩放各通道，并以分段的 swish 代替 ReLU。",
    ),
    citations: ["mobilenet-v3"],
    note: words("The survey prints “h-switch”.", "原文写作 “h-switch”。"),
  },
  "compact/architecture-search": {
    parent: "compact",
    section: "1.1",
    title: words("Neural architecture search", "神经网络架构搜索"),
    meaning: words(
      "A program searches a space of architectures for the best accuracy at a given cost.",
      "由程序在候选结构空间中搜索给定代价下精度最高的网络。",
    ),
    citations: ["nasnet", "mnasnet", "mobilenet-v3"],
  },
} as const satisfies Record<string, SurveyNodeContent>;
