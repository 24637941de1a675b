/** For tests: the record of a data set of three classes, one training and one validation sample each. */
import type { z } from 'zod'
import { datasetSchema, type Dataset } from './dataset.ts'

export const exampleDataset = (part: Partial<z.input<typeof datasetSchema>> = {}): Dataset =>
  datasetSchema.parse({
    id: 'test',
    name: 'test',
    path: '/test',
    options: { kind: 'idx', name: 'test', validationShare: 0.2, image: null, text: null },
    sampleShape: [5],
    storedDtype: 'float32',
    classes: ['a', 'b', 'c'].map((name) => ({ name, train: 1, validation: 1 })),
    trainCount: 3,
    validationCount: 3,
    mean: 0,
    std: 1,
    sizes: [],
    problems: [],
    problemCount: 0,
    bytes: 0,
    importedAt: 0,
    ...part,
  })
