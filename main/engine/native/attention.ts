import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/attention.cpp. A scale of NaN stands for 1 / sqrt(width). */
export interface AttentionNative {
  scaledDotProductAttention(
    query: Handle,
    key: Handle,
    value: Handle,
    causal: boolean,
    mask: Handle,
    keyLengths: Handle,
    dropout: number,
    scale: number,
  ): Handle
  selfAttention(
    qkv: Handle,
    heads: number,
    causal: boolean,
    mask: Handle,
    keyLengths: Handle,
    dropout: number,
    scale: number,
  ): Handle
}
