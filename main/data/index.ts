/** What the workbench asks of this folder. */
export { augmented } from './augmented.ts'
export { browse } from './browse.ts'
export type { Listing } from './browse.ts'
export { removeCache, removeLeftovers } from './cache/folders.ts'
export { cacheFiles, cacheFolder, readCached } from './cache/layout.ts'
export { changesBetween } from './changes.ts'
export { readAs, type ReadData } from './readAs.ts'
export { importDataset, makeDataset } from './import.ts'
export type { ImportContext, Maker } from './import.ts'
export { makeInThread } from './importThread.ts'
export { glimpse } from './glimpse/index.ts'
export { inspect } from './inspect.ts'
export { itemsOf, preview, samplesAt } from './preview.ts'
export type { PreviewQuery } from './preview.ts'
export { createPace, type Pace } from './pace.ts'
export { bringUpToDate } from './record.ts'
export { sampleSets } from './samples.ts'
export { dayOf, sourceChange } from './sourceState.ts'
export { encodeText } from './text/encode.ts'
export type { EncodedText } from './text/encode.ts'
export {
  inputKind,
  kindOf,
  preparationFrom,
  preparationWords,
  sampleOf,
  storedSample,
} from './single/index.ts'
export { readColumn, readItems } from './cache/reader.ts'
export { rawSource } from './single/files.ts'
export type { RawItem } from './single/files.ts'
export { tokenizerIds, tokenizerOf } from './text/tokenizers.ts'
export { toDataUrl } from './images/decoder.ts'
export { isImageExtension } from './images/formats.ts'
export type { Raw, SinglePreparation, SingleSample } from './single/index.ts'
export type { Fitted } from './single/preparation.ts'
export { surveyTexts } from './text/survey.ts'
export type { TextPreparation } from './text/tokenizers.ts'
