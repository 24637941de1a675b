/** Images in a folder per class; train, validation and test folders respected; any sizes. */
import { basename, relative, sep } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { look } from '../files.ts'
import { readFormats } from '../images/formats.ts'
import { scanImages } from '../images/rows.ts'
import { suggestSize } from '../images/suggest.ts'
import { refuseNothing, walk } from '../images/walk.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, refuse, someOf } from '../refuse.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

async function inspect(path: string): Promise<Reading | null> {
  if (!(await look(path)).isDirectory()) return null
  const walked = await walk(path, createPace())
  if (walked.found.length === 0) return null
  const { size, reasons } = await suggestSize(walked.found.map((image) => image.path))
  const classes = walked.classNames.map((name) => ({ name, count: 0 }))
  const byName = new Map(classes.map((entry) => [entry.name, entry]))
  for (const image of walked.found) byName.get(image.className)!.count += 1
  const { empty, others, aside } = walked
  const names = empty.map((folder) => `${basename(folder)}/`)
  return {
    path,
    task: 'classify',
    columns: [],
    headerRow: false,
    options: {
      ...plainOptions,
      kind: 'image-folder',
      name: basename(path).slice(0, 120) || 'Images',
      image: size,
    },
    reasons: [
      `${count(classes.length, 'folder')} with images, one per class: ${count(walked.found.length, 'image')}.`,
      ...walked.reasons,
      ...reasons,
      ...(empty.length > 0 ? [`Without an image, and left out: ${someOf(names)}.`] : []),
      ...(others > 0 ? [`${count(others, 'file')} that are not ${readFormats} by name are left out.`] : []),
      ...(aside.length > 0
        ? [
            `${count(aside.length, 'folder or link is', 'folders or links are')} left out; ${relative(path, aside[0]!.path)}: ${aside[0]!.reason}.`,
          ]
        : []),
    ],
    classes,
    sampleCount: walked.found.length,
    givenSplit: walked.givenSplit,
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  if (!(await look(path)).isDirectory())
    refuse(
      'not-folder',
      `${path} is a file.`,
      'Choose the folder that holds one sub-folder of images per class.',
    )
  const walked = await walk(path, pace)
  if (walked.found.length === 0) await refuseNothing(path, walked)
  const problems = new Problems()
  for (const folder of walked.empty) problems.add(folder, 'no image in this class folder: left out', 0)
  for (const { path: what, reason } of walked.aside) problems.add(what, reason, 0)
  const classIndex = new Map(walked.classNames.map((name, index) => [name, index]))
  const files = walked.found.map(({ path: file, className, split }) => ({
    path: file,
    item: relative(path, file).split(sep).join('/'),
    classIndex: classIndex.get(className)!,
    split,
  }))
  return scanImages('image-folder', path, files, walked.classNames, problems, options, pace, fitted)
}

export const imageFolder: Source = { inspect, scan }
