/** `model.py`: the document as modules of PyTorch, named as its nodes; blocks are classes, copies a `ModuleList`. */
import type { Block, ModelDocument } from '../../common/document.ts'
import { inputPorts, outputPorts, type ExportedModule } from '../../common/layer.ts'
import type { Plan, Step } from '../../common/plan.ts'
import { lengthsIn } from './lengths.ts'
import { className, comment, pythonName } from './names.ts'
import { operatorCode } from './operator.ts'
import { stepsOf, unitsOf, type Unit } from './tree.ts'

export interface ModelCode {
  text: string
  /** Name in PyTorch's state dict by key of the plan's weights. */
  names: ReadonlyMap<string, string>
}

/** @throws UserError `export/operator` */
export function modelCode(plan: Plan, document: ModelDocument): ModelCode {
  return new Writer(plan, document).write()
}

/** A class that is being written, and where what it makes can be found from it. */
interface Class {
  init: string[]
  forward: string[]
  attributes: Set<string>
  variables: Set<string>
  /** Expression by `<step>/<port>`. */
  values: Map<string, string>
  /** Path of a step's module by its id. */
  paths: Map<string, string>
  usesLengths: boolean
}

const newClass = (): Class => ({
  init: [],
  forward: [],
  attributes: new Set(),
  variables: new Set(['x']),
  values: new Map(),
  paths: new Map(),
  usesLengths: false,
})

const own = (value: { step: string; port: string }): string => `${value.step}/${value.port}`

interface Called {
  name: string
  /** Of the values that it is given and gives, in order. */
  inputs: readonly string[]
  outputs: readonly string[]
  paths: ReadonlyMap<string, string>
  usesLengths: boolean
}

class Writer {
  readonly #plan: Plan
  readonly #document: ModelDocument
  readonly #classes = new Set(['Model'])
  readonly #byBody = new Map<string, string>()
  readonly #written: string[] = []
  /** Names that a person gave. */
  readonly #given: ReadonlyMap<string, string>
  /** Readers of each value. */
  readonly #readers = new Map<string, Set<string>>()

  constructor(plan: Plan, document: ModelDocument) {
    this.#plan = plan
    this.#document = document
    this.#given = new Map(document.nodes.map(({ id, name }) => [id, name]))
    for (const step of plan.steps)
      for (const from of Object.values(step.inputs)) {
        const readers = this.#readers.get(own(from)) ?? new Set()
        this.#readers.set(own(from), readers.add(step.id))
      }
  }

  write(): ModelCode {
    const { steps, input, output } = this.#plan
    const model = newClass()
    model.values.set(own({ step: input, port: 'output' }), 'x')
    this.#units(unitsOf(this.#plan, this.#document), model)
    const [result] = Object.values(steps.find(({ id }) => id === output)?.inputs ?? {})
    model.forward.push(`return ${(result && model.values.get(own(result))) ?? 'x'}`)
    const names = this.#names(model)
    for (const line of this.#ties(model, names)) model.init.push(line)
    const title = `The network “${this.#document.name}”, written by Tapedeck.`
    const text = [
      `"""${title.replace(/["\\]/g, "'").replace(/\p{C}/gu, ' ')}"""`,
      '',
      'import torch',
      'from torch import nn',
      'from torch.nn import functional as F',
      '',
      'import layers',
      ...this.#written,
      '',
      '',
      ...classLines('Model', 'nn.Module', ['x', 'lengths=None'], model),
      '',
    ]
    return { text: unused(text).join('\n'), names }
  }

  /** Of each weight, the first place that it has. */
  #names({ paths }: Class): Map<string, string> {
    const names = new Map<string, string>()
    for (const step of this.#plan.steps)
      for (const [name, key] of Object.entries(step.weights))
        if (!names.has(key)) names.set(key, placeOf(step, name, paths))
    return names
  }

  /** Weights that several layers share. */
  #ties({ paths }: Class, names: ReadonlyMap<string, string>): string[] {
    return this.#plan.steps.flatMap((step) =>
      Object.entries(step.weights).flatMap(([name, key]) => {
        const place = placeOf(step, name, paths)
        const source = names.get(key)
        if (source === undefined || source === place) return []
        return [`self.${indexed(place)} = self.${indexed(source)}`]
      }),
    )
  }

  #units(units: readonly Unit[], into: Class): void {
    for (let at = 0; at < units.length; at++) {
      const unit = units[at] as Unit
      if ('step' in unit) {
        this.#step(unit.step, into)
        continue
      }
      const copies = [unit]
      for (
        let next = units[at + 1];
        next && !('step' in next) && next.block === unit.block;
        next = units[at + 1]
      ) {
        copies.push(next)
        at++
      }
      this.#copies(unit.block, copies, into)
    }
  }

  /** The copies of a block one after another. */
  #copies(block: Block, copies: readonly Extract<Unit, { block: Block }>[], into: Class): void {
    const attribute = pythonName(block.id, into.attributes)
    const called = copies.map((copy) => this.#class(block, copy))
    const [first] = called
    if (!first) return
    const title = block.name === '' ? '' : comment(block.name)
    const alike = called.every(({ name }) => name === first.name)
    const many = copies.length > 1
    if (!many) into.init.push(`self.${attribute} = ${first.name}()${title}`)
    else if (alike)
      into.init.push(
        `self.${attribute} = nn.ModuleList([${first.name}() for _ in range(${copies.length})])${title}`,
      )
    else
      into.init.push(
        `self.${attribute} = nn.ModuleList([${called.map(({ name }) => `${name}()`).join(', ')}])${title}`,
      )
    const chained =
      many && called.every(({ inputs, outputs }, i) => {
        const before = called[i - 1]
        const later = i + 1 < called.length
        return inputs.length === 1 && outputs.length === 1 && (!before || inputs[0] === before.outputs[0]) &&
          (!later || [...(this.#readers.get(outputs[0] as string) ?? [])].every((reader) => stepsOf(copies[i + 1] as Unit).some(({ id }) => id === reader)))
      }) // prettier-ignore
    called.forEach((one, i) => {
      const prefix = many ? `${attribute}.${i}.` : `${attribute}.`
      for (const [id, path] of one.paths) into.paths.set(id, prefix + path)
    })
    into.usesLengths ||= called.some(({ usesLengths }) => usesLengths)
    const given = (one: Called, values: readonly string[]): string =>
      [...values, ...(one.usesLengths ? ['lengths'] : [])].join(', ')
    if (chained) {
      const variable = pythonName(block.id, into.variables)
      const source = into.values.get(first.inputs[0] as string)
      into.forward.push(
        `${variable} = ${source}`,
        `for block in self.${attribute}:`,
        `    ${variable} = block(${given(first, [variable])})`,
      )
      into.values.set(called.at(-1)?.outputs[0] as string, variable)
      return
    }
    called.forEach((one, i) => {
      const variables = one.outputs.map((output) => {
        const variable = pythonName(
          one.outputs.length === 1 ? block.id : `${block.id}_${output}`,
          into.variables,
        )
        return [output, variable] as const
      })
      const inputs = one.inputs.map((input) => into.values.get(input) as string)
      const self = many ? `self.${attribute}[${i}]` : `self.${attribute}`
      into.forward.push(
        `${variables.map(([, variable]) => variable).join(', ')} = ${self}(${given(one, inputs)})`,
      )
      for (const [output, variable] of variables) into.values.set(output, variable)
    })
  }

  /** Writes the class of a copy, unless one that is the same to the letter has been written. */
  #class(block: Block, { inner }: Extract<Unit, { block: Block }>): Called {
    const made = newClass()
    const steps = inner.flatMap(stepsOf)
    const inside = new Set(steps.map(({ id }) => id))
    const inputs = [
      ...new Set(
        steps.flatMap((step) =>
          Object.values(step.inputs)
            .filter((from) => !inside.has(from.step))
            .map(own),
        ),
      ),
    ]
    const outputs = steps.flatMap((step) =>
      Object.keys(step.outputs)
        .map((port) => own({ step: step.id, port }))
        .filter((value) => [...(this.#readers.get(value) ?? [])].some((reader) => !inside.has(reader))),
    )
    const parameters = inputs.map((_, i) => (inputs.length === 1 ? 'x' : `x${i + 1}`))
    for (const [i, input] of inputs.entries()) made.values.set(input, parameters[i] as string)
    for (const parameter of parameters) made.variables.add(parameter)
    this.#units(inner, made)
    made.forward.push(`return ${outputs.map((output) => made.values.get(output)).join(', ')}`)
    const taken = [...parameters, ...(made.usesLengths ? ['lengths'] : [])]
    const name = this.#once(block.name || block.id, 'nn.Module', taken, made)
    return { name, inputs, outputs, paths: made.paths, usesLengths: made.usesLengths }
  }

  #once(stem: string, base: string, parameters: readonly string[], made: Class): string {
    const body = classLines('', base, parameters, made).slice(1).join('\n')
    const known = this.#byBody.get(body)
    if (known !== undefined) return known
    const name = className(stem, this.#classes)
    this.#byBody.set(body, name)
    this.#written.push('', '', ...classLines(name, base, parameters, made))
    return name
  }

  #step(step: Step, into: Class): void {
    const { id, layer, parameters, inputs, shapes } = step
    const plain = id.split('@')[0] ?? id
    const given = inputPorts(layer, parameters).map((port) => {
      const from = inputs[port]
      return (from && into.values.get(own(from))) ?? 'x'
    })
    if (layer.kind === 'input' || layer.kind === 'output') {
      if (given.length > 0) into.values.set(own({ step: id, port: 'output' }), given[0] as string)
      return
    }
    const title = comment(this.#given.get(step.nodes[0] ?? id) ?? '')
    const form = layer.exported?.(shapes, parameters) ?? null
    const lengths = (form?.lengths ?? []).map(({ port, axis }) => lengthsIn(shapes[port]?.[axis]))
    const expression = layer.pytorch(shapes, parameters)
    const inline = /^lambda ([\w, ]+): (.*)$/.exec(expression)
    const bare = !form || ((form.lengths?.length ?? 0) > 0 && lengths.every((length) => length === null))
    let value: string
    if (bare && inline) value = substituted(inline[2] as string, (inline[1] as string).split(', '), given)
    else {
      const attribute = pythonName(plain, into.attributes)
      into.paths.set(id, attribute)
      const module = layer.kind === 'custom' ? `${this.#operator(step)}()` : (form?.module ?? expression)
      into.init.push(`self.${attribute} = ${module}${title}`)
      const known = lengths.some((length) => length !== null) ? lengths.map((length) => length ?? 'None') : []
      value = `self.${attribute}(${[...given, ...known].join(', ')})`
      into.usesLengths ||= known.length > 0
    }
    const ports = outputPorts(layer, parameters)
    const targets = ports.map((port) => {
      const key = own({ step: id, port })
      if (ports.length > 1 && !this.#readers.has(key)) return '_'
      const variable = pythonName(ports.length === 1 ? plain : `${plain}_${port}`, into.variables)
      into.values.set(key, variable)
      return variable
    })
    into.forward.push(`${targets.join(', ')} = ${value}`)
  }

  #operator(step: Step): string {
    const stem = step.id.split('@')[0] ?? step.id
    const name = className(stem, this.#classes)
    const { inputs, init, forward, function: lines } = operatorCode(step, name)
    const made = { ...newClass(), init, forward }
    if (lines.length > 0)
      this.#written.push('', '', `class ${name}Function(torch.autograd.Function):`, ...lines.map(indent))
    this.#written.push('', '', ...classLines(name, 'nn.Module', inputs, made))
    return name
  }
}

function placeOf(step: Step, name: string, paths: ReadonlyMap<string, string>): string {
  const form: ExportedModule | undefined = step.layer.exported?.(step.shapes, step.parameters)
  return `${paths.get(step.id) ?? step.id}.${form?.names?.[name] ?? name}`
}

/** `layers.0.attention` as code: `layers[0].attention`. */
const indexed = (path: string): string => path.replace(/\.(\d+)(?=\.|$)/g, '[$1]')

const indent = (line: string): string => (line === '' ? '' : `    ${line}`)

function classLines(name: string, base: string, parameters: readonly string[], made: Class): string[] {
  const init =
    made.init.length > 0
      ? ['def __init__(self):', '    super().__init__()', ...made.init.map(indent), '']
      : []
  const forward = [`def forward(self, ${parameters.join(', ')}):`, ...made.forward.map(indent)]
  return [`class ${name}(${base}):`, ...[...init, ...forward].map(indent)]
}

/** The body of a lambda with what its names stand for; what follows a dot is no such name. */
const substituted = (body: string, names: readonly string[], values: readonly string[]): string =>
  body.replace(/(?<![.\w])[A-Za-z_]\w*/g, (word) => values[names.indexOf(word)] ?? word)

/** Without imports that no line reads. */
function unused(lines: readonly string[]): string[] {
  const body = lines.filter((line) => !/^(import|from) /.test(line)).join('\n')
  const reads = { 'import torch': /\btorch\./, 'from torch.nn import functional as F': /\bF\./, 'import layers': /\blayers\./ } // prettier-ignore
  const kept = lines.filter((line) => reads[line as keyof typeof reads]?.test(body) ?? true)
  return kept.filter((line, i) => !(line === '' && kept[i - 1] === '' && kept[i - 2] === ''))
}
