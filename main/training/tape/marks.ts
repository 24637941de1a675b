/** Lines that a step writes into its journal between the engine's: the number of a layer that has run, or one of these. */
export const marks = {
  /** The batch is there; forward begins. */
  batch: -1,
  /** The loss is there; backward begins. */
  loss: -2,
  backward: -3,
  /** All batches of the update are through. */
  more: -4,
  update: -5,
  /** Something beside the step, such as a probe, has been done. */
  aside: -6,
} as const
