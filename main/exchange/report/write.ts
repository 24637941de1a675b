/** Writes a report: one file that holds its charts, or a folder with a file for each. */
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Store } from '../../store/index.ts'
import { fileError } from '../refuse.ts'
import { refuseExisting, writeWholeFile } from '../wholeFile.ts'
import { reportContent, type ReportContent } from './content.ts'
import { reportMarkdown } from './markdown.ts'
import { lineChart } from './svg.ts'

interface ReportRequest {
  runIds: readonly number[]
  metrics: readonly string[] | null
  /** Ends in `.md` for one file; else it is a folder. */
  path: string
  replace: boolean
  version: string
}

type Written = { bytes: number; points: number; checkpoints: number }

/** @throws UserError `runs/unknown`, `exchange/exists`, `exchange/file` */
export async function writeReport(
  store: Store,
  request: ReportRequest,
  signal: AbortSignal,
): Promise<Written> {
  const content = reportContent(store, request.runIds, request.metrics)
  const bytes = request.path.toLowerCase().endsWith('.md')
    ? await writeWholeFile(request.path, single(selfContained(content, request.version)), {
        replace: request.replace,
        signal,
      })
    : await writeFolder(content, request)
  return { bytes, points: 0, checkpoints: 0 }
}

const svgOf = ({ name, lines }: ReportContent['metrics'][number]): string => lineChart(name, lines)

const selfContained = (content: ReportContent, version: string): string =>
  reportMarkdown(content, {
    date: new Date(),
    version,
    chart: (metric) => `data:image/svg+xml;base64,${Buffer.from(svgOf(metric)).toString('base64')}`,
  })

/** Made beside its place and renamed, so that it is whole or not there. */
async function writeFolder(
  content: ReportContent,
  { path, replace, version }: ReportRequest,
): Promise<number> {
  refuseExisting(path, replace)
  let made: string | null = null
  try {
    await mkdir(dirname(path), { recursive: true })
    made = await mkdtemp(join(dirname(path), `${basename(path)}.`))
    await mkdir(join(made, 'charts'))
    const names = new Map(
      content.metrics.map((metric, i) => [metric, `charts/${chartName(metric.name, i)}.svg`]),
    )
    for (const [metric, name] of names) await writeFile(join(made, name), svgOf(metric))
    const text = reportMarkdown(content, {
      date: new Date(),
      version,
      chart: (metric) => names.get(metric) ?? '',
    })
    await writeFile(join(made, 'report.md'), text)
    // Only a report is written over, never a folder that holds something else.
    if (replace && (await isReport(path))) await rm(path, { recursive: true })
    await rename(made, path)
    return await sizeOf(path)
  } catch (error) {
    if (made !== null) await rm(made, { recursive: true, force: true })
    throw fileError(path, error)
  }
}

const chartName = (metric: string, i: number): string =>
  `${i + 1}-${metric.replace(/[^\w.-]+/g, '-').slice(0, 60)}`

async function isReport(path: string): Promise<boolean> {
  const entries = await readdir(path).catch((): string[] => [])
  return entries.includes('report.md') && entries.every((name) => name === 'report.md' || name === 'charts')
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const stats = await Promise.all(files.map((entry) => stat(join(entry.parentPath, entry.name))))
  return stats.reduce((sum, { size }) => sum + size, 0)
}

async function* single(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
