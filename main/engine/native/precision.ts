/** Entry points of native/src/node/precision.cpp. */
export interface PrecisionNative {
  /** Number of a 16-bit dtype, or float32's to turn it off; returns what it was. */
  setAutocast(dtype: number): number
  autocastDtype(): number
  setDeviceOptions(device: number, tf32: boolean, deterministic: boolean): void
}
