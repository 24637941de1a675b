/** Something that the export to ONNX does not say, as the end of a sentence; what traces a layer names it. */
export class NotInOnnx extends Error {
  override readonly name = 'NotInOnnx'
}

export const notInOnnx = (why: string): NotInOnnx => new NotInOnnx(why)
