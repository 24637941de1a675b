/** Gradients as they cross to the main thread: their pictures as plain numbers would hold it up for half a second. */
import type { Picture } from '../../common/inspection.ts'
import type { GradientLook, NodeGradients } from '../../common/tape/record.ts'

export type PackedPicture = Omit<Picture, 'maps'> & { maps: Float32Array[] }
export type PackedLook = Omit<GradientLook, 'picture'> & { picture: PackedPicture | null }
/** The gradients of a node: those that arrive, by output, and those that it gives, by input. */
export type PackedGradients = Record<keyof NodeGradients, (PackedLook | null)[]>

export function unpacked({ arrives, gives }: PackedGradients): NodeGradients {
  const look = (one: PackedLook | null): GradientLook | null =>
    one && {
      ...one,
      picture: one.picture && { ...one.picture, maps: one.picture.maps.map((map) => [...map]) },
    }
  return { arrives: arrives.map(look), gives: gives.map(look) }
}
