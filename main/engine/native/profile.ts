/** Entry points of native/src/node/profile.cpp. */
export interface ProfileNative {
  startProfile(): void
  /** op, count, milliseconds, op, ... of the derivatives that ran. */
  stopProfile(): (string | number)[]
}
