/** Models to start from, `resources/templates/*.json`. Each trains within minutes on the sample set that it names. */
import cnnAnySize from '../../resources/templates/cnn-any-size.json' with { type: 'json' }
import customOperator from '../../resources/templates/custom-operator.json' with { type: 'json' }
import deepMlp from '../../resources/templates/deep-mlp.json' with { type: 'json' }
import digitsMlp from '../../resources/templates/digits-mlp.json' with { type: 'json' }
import gruTextClassifier from '../../resources/templates/gru-text-classifier.json' with { type: 'json' }
import linear from '../../resources/templates/linear.json' with { type: 'json' }
import lstmTextClassifier from '../../resources/templates/lstm-text-classifier.json' with { type: 'json' }
import resnet18 from '../../resources/templates/resnet-18.json' with { type: 'json' }
import rnnSequenceClassifier from '../../resources/templates/rnn-sequence-classifier.json' with { type: 'json' }
import smallGpt from '../../resources/templates/small-gpt.json' with { type: 'json' }
import tabularMlp from '../../resources/templates/tabular-mlp.json' with { type: 'json' }
import transformerTextClassifier from '../../resources/templates/transformer-text-classifier.json' with { type: 'json' }
import { documentVersion, readDocument, type ModelDocument, type Parameter } from './document.ts'
import { applyMend, insertOnWire } from './edit.ts'
import type { DataShape } from './layer.ts'
import { defaultTrainConfig, trainConfigSchema } from './training.ts'
import { type Template } from './schemas.ts'
import { analyse, unknownData } from './shapes.ts'

/** In the order in which they are offered. */
const files = [
  digitsMlp,
  cnnAnySize,
  resnet18,
  lstmTextClassifier,
  gruTextClassifier,
  transformerTextClassifier,
  rnnSequenceClassifier,
  smallGpt,
  tabularMlp,
  customOperator,
  deepMlp,
  linear,
]

type Step = readonly [id: string, kind: string, parameters?: Record<string, Parameter>]

/** A document that runs its layers one after another, laid out left to right in rows of four. */
export function chain(name: string, steps: readonly Step[]): ModelDocument {
  const nodes = steps.map(([id, kind, parameters = {}], i) => ({
    id,
    kind,
    name: '',
    parameters,
    position: { x: (i % 4) * 248, y: Math.floor(i / 4) * 152 },
  }))
  const wires = nodes.slice(1).map((node, i) => {
    const from = nodes[i]?.id ?? ''
    return {
      id: `${from}-${node.id}`,
      from: { node: from, port: 'output' },
      to: { node: node.id, port: 'input' },
    }
  })
  return { format: 'tapedeck-model', version: documentVersion, name, nodes, wires, blocks: [], ties: [] }
}

/** Every template, ending in as many scores as the data asks for; those that fit the data come first. */
export function templates(data: DataShape = unknownData): readonly Template[] {
  const all = files.map(({ document, config, ...rest }): Template => {
    const fitted = fitToData(embedded(readDocument(document), data), data)
    const fits = data.sample === null ? null : analyse(fitted, data).problems.length === 0
    return {
      ...rest,
      // A schedule names what differs from the usual one.
      config: trainConfigSchema.parse({ ...defaultTrainConfig, ...config }),
      document: fitted,
      fits,
    }
  })
  return [...all.filter(({ fits }) => fits !== false), ...all.filter(({ fits }) => fits === false)]
}

/** With a Table embedding behind the Input, where a table has categories as numbers: other layers would measure them. */
function embedded(document: ModelDocument, { codes }: DataShape): ModelDocument {
  const input = document.nodes.find(({ kind }) => kind === 'input')
  const leaving = document.wires.filter(({ from }) => from.node === input?.id)
  const [wire] = leaving
  if (!codes || !wire || leaving.length > 1) return document
  const inserted = insertOnWire(document, wire.id, 'table-embedding')
  return 'refused' in inserted ? document : inserted.document
}

/** Most settings that are changed in turn; each mend brings the next problem to light. */
const mostMends = 8

/** A document with its last layer set to what the data asks for, as the Output's own mend would. */
export function fitToData(document: ModelDocument, data: DataShape): ModelDocument {
  let fitted = document
  for (let turn = 0; turn < mostMends; turn++) {
    const problem = analyse(fitted, data).problems.find(({ mends }) => mends[0]?.kind === 'set-parameter')
    const mend = problem?.mends[0]
    if (!mend) return fitted
    const mended = applyMend(fitted, mend)
    if ('refused' in mended) return fitted
    fitted = mended.document
  }
  return fitted
}
