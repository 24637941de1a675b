import { describe, expect, it } from 'vitest'
import { groupNodes, setCollapsed, setRepeat } from './blocks.ts'
import { emptyDocument, type ModelDocument } from './document.ts'
import { connect, disconnect, rename, setBypass } from './edit.ts'
import { randomDocument } from './fixtures.ts'
import { tie } from './sharing.ts'
import { analyse, classData } from './shapes.ts'
import { chain } from './templates.ts'
import { fromText, toText } from './text.ts'

const done = (result: object): ModelDocument => {
  if (!('document' in result)) throw new Error(JSON.stringify(result))
  return result.document as ModelDocument
}
const errors = (text: string, previous = emptyDocument()): string[] => {
  const result = fromText(text, previous)
  if ('document' in result) throw new Error('it was read')
  return result.errors.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

function model(): ModelDocument {
  let document = chain('Digits', [
    ['input', 'input', { shape: [1, 28, 28] }],
    ['flatten', 'flatten'],
    ['a', 'linear', { outFeatures: 784, bias: false, inFeatures: null }],
    ['b', 'relu'],
    ['c', 'linear', { outFeatures: 784 }],
    ['drop', 'dropout', { p: 0.25 }],
    ['scores', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ])
  document = rename(document, 'scores', 'Class scores')
  document = done(groupNodes(document, ['b', 'c'], 'Body'))
  document = setRepeat(document, 'block', 3)
  document = done(groupNodes(document, ['a', 'b', 'c'], ''))
  document = setCollapsed(document, 'block-2', true)
  document = done(setBypass(document, ['drop'], true))
  return done(tie(document, { node: 'c', weight: 'weight' }, { node: 'a', weight: 'weight' }))
}
const written = `model "Digits"

input = Input(shape: 1 x 28 x 28)
flatten = Flatten(input)
block block-2 collapsed:
  a = Linear(flatten, outFeatures: 784, bias: false)
  block block "Body" x3:
    b = ReLU(a)
    c = Linear(b, outFeatures: 784) shares weight with a.weight
drop = Dropout(c, p: 0.25) bypassed
scores = Linear(drop, outFeatures: 10) named "Class scores"
output = Output(scores)
`

describe('toText', () => {
  it('writes a line for each node in running order, and blocks indented', () => {
    expect(toText(model())).toBe(written)
    const shuffled = { ...model(), nodes: model().nodes.toReversed() }
    expect(toText(shuffled)).toBe(written)
  })

  it('names ports where the order does not tell them', () => {
    const document = {
      ...model(),
      wires: [{ id: 'w', from: { node: 'a', port: 'other' }, to: { node: 'b', port: 'second' } }],
    }
    expect(toText(document)).toContain('b = ReLU(second <- a.other)\n')
  })
})

describe('fromText', () => {
  it('reads what was written, to the last position', () => {
    expect(fromText(written, model())).toEqual({ document: model() })
  })

  it('makes a whole model from nothing, laid out', () => {
    const document = done(fromText(written, emptyDocument()))
    expect(analyse(document, classData([1, 28, 28], 10)).problems).toEqual([])
    expect(toText(document)).toBe(written)
    expect(new Set(document.nodes.map(({ position }) => `${position.x},${position.y}`)).size).toBe(8)
  })

  it('takes what a person writes: comments, spaces, capitals, titles of settings, no ids for blocks', () => {
    const document = done(
      fromText(
        [
          '# My model',
          'input=input( shape :1x28x28 )   # digits',
          '',
          '  ',
          'block "Body" x 2:',
          '\tflat = FLATTEN(input)',
          'block:',
          '  head = linear(flat, Outputs: 10)',
          'output = output(input <- head)',
        ].join('\r\n'),
        emptyDocument('Old name'),
      ),
    )
    expect(toText(document)).toBe(`model "Old name"

input = Input(shape: 1 x 28 x 28)
block block "Body" x2:
  flat = Flatten(input)
block block-2:
  head = Linear(flat, outFeatures: 10)
output = Output(head)
`)
  })

  it('lets lines come in any order, and keeps loops for the canvas to show', () => {
    const document = done(fromText('b = ReLU(a)\na = ReLU(b)', emptyDocument()))
    expect(document.wires).toHaveLength(2)
  })

  it('keeps positions by id; a layer under a new id keeps its place, a new one stands beside what feeds it', () => {
    const document = done(fromText(written.replaceAll('flatten', 'flat'), model()))
    const at = (id: string, from = document) => from.nodes.find((node) => node.id === id)?.position
    expect(at('flat')).toEqual(at('flatten', model()))
    const more = done(fromText(`${written}extra = Tanh(flatten)\n`, model()))
    expect(at('extra', more)?.x).toBeGreaterThan(at('flatten', more)?.x ?? 0)
    expect(more.nodes.slice(0, -1)).toEqual(model().nodes)
  })

  it('gives a setting that is taken out its default back', () => {
    const document = done(fromText(written.replace(', p: 0.25', ''), model()))
    expect(document.nodes.find(({ id }) => id === 'drop')?.parameters).toEqual({ p: 0.5 })
  })

  it('names line and column of everything that is wrong, and what was expected', () => {
    expect(
      errors(
        [
          'model "A"',
          'input = Input(',
          'x = Lineer(input)',
          'y = Linear(ghost, size: 3)',
          'y = ReLU(input) names "B"',
          'z = ReLU(input, input)',
          'w = "magic"(input)',
          '  v = ReLU(input)',
          'u = Linear(input, bias: true, bias: false)',
          't = Linear(input, bias: )',
          's ReLU(input)',
          'r = ReLU(input) named "open',
          'q = ReLU(input) shares weight with ghost.weight',
          'p = Linear(z, outFeatures: 1e999)',
        ].join('\n'),
      ),
    ).toEqual([
      '2:15 expected what feeds the layer, or a setting such as bias: true, but the line ends',
      '3:5 there is no kind of layer Lineer; there is Linear',
      '3:12 there is no layer input',
      '4:12 there is no layer ghost',
      '4:19 Linear has no setting size; it has outFeatures, inFeatures, bias',
      '5:17 expected named "…", bypassed, shares … with …, or the end of the line, but there is "names "B""',
      '6:10 there is no layer input',
      '6:17 there is no layer input',
      '7:13 there is no layer input',
      '8:3 this line is indented, but the line above begins no block; take the spaces away',
      '9:12 there is no layer input',
      '9:31 bias is set twice',
      '10:25 expected a value: a number, true, false, none, a word, "text", 3 x 3 or [1, -1], but there is ")"',
      '11:3 expected "=" and the kind of the layer, but there is "ReLU(input)"',
      '12:23 the text that begins here has no closing quote',
      '13:10 there is no layer input',
      '13:17 there is no layer ghost to share a weight with',
      '14:28 1e999 is too large a number',
    ])
  })

  it('refuses what a document may not hold, at its line', () => {
    expect(errors('a = Input()\na = Input()')).toEqual(['2:1 line 1 is called a too; ids must differ'])
    expect(errors('a = Input()\nb = ReLU(a, a)')).toEqual(['2:13 b takes 1 (input)'])
    expect(errors('a = Input()\nb = "magic"(a)')).toEqual(['2:13 say which input this is: input <- a'])
    expect(errors('block b x0:')).toEqual(['1:9 a block is repeated 1 to 1000 times'])
    expect(errors('block b x2')).toEqual([
      '1:11 expected a block such as: block body "Body" x3 collapsed:, but the line ends',
    ])
    expect(errors('block b:\n  x = Input()\n    y = Input()')).toEqual([
      '3:5 this line is indented by 4, the others of its block by 2; make them equal',
    ])
    expect(errors('a = Input()\nblock b:\n  c = ReLU(a)\nblock b:\n  d = ReLU(a)')).toEqual([
      '4:1 id: another block has the id "b" too',
    ])
    expect(errors(`\na = Input() named "${'x'.repeat(81)}"`)).toEqual([
      '2:1 name: Too big: expected string to have <=80 characters',
    ])
    expect(
      errors('a = Linear(b) shares weight with b.weight\nb = Linear(a) shares weight with a.weight'),
    ).toEqual(['1:1 the weights are shared in a ring, and one must be its own'])
  })

  it('reads back 300 random documents exactly', () => {
    for (let seed = 0; seed < 300; seed++) {
      const document = randomDocument(seed)
      expect(fromText(toText(document), document), `seed ${seed}`).toEqual({ document })
    }
  })

  it('reads back a part of a document that is edited', () => {
    const without = disconnect(model(), ['b-c'])
    expect(fromText(toText(without), model())).toEqual({ document: without })
    const again = done(connect(without, { node: 'b', port: 'output' }, { node: 'c', port: 'input' }))
    expect(toText(done(fromText(toText(again), without)))).toBe(toText(model()))
  })
})
