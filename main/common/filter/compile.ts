/** A test of runs from a filter. A comparison with a value that a run does not have fails; `!=` and `!~` are `not` of `=` and `~`. */
import type { Run } from '../schemas.ts'
import { FilterError } from './error.ts'
import { isMissing, type Field, type Fields, type FieldValue } from './fields/index.ts'
import { nearest } from './nearest.ts'
import { parse, type Filter, type Literal, type Name } from './parse.ts'
import type { Operator } from './tokens.ts'
import { isNone, readFlag, readMoment, readNumber } from './value.ts'

export type Test = (run: Run) => boolean

/** @throws FilterError with the place, what is wrong there and what to write */
export function compile(text: string, fields: Fields): Test {
  const filter = parse(text)
  return filter === null ? () => true : build(filter, fields)
}

function build(filter: Filter, fields: Fields): Test {
  switch (filter.kind) {
    case 'all': {
      const tests = filter.parts.map((part) => build(part, fields))
      return (run) => tests.every((test) => test(run))
    }
    case 'any': {
      const tests = filter.parts.map((part) => build(part, fields))
      return (run) => tests.some((test) => test(run))
    }
    case 'not': {
      const test = build(filter.part, fields)
      return (run) => !test(run)
    }
    case 'words':
      return words(filter.text)
    case 'compare':
      return compare(known(filter.name, fields), filter.operator, filter.value)
    case 'in': {
      const field = known(filter.name, fields)
      const tests = filter.values.map((value) => compare(field, '=', value))
      return (run) => tests.some((test) => test(run))
    }
  }
}

/** Searches where a person would look. */
function words(text: string): Test {
  const wanted = text.toLowerCase()
  return (run) =>
    [
      run.name,
      run.datasetName,
      run.modelName,
      run.status,
      run.note,
      run.group ?? '',
      `#${run.id}`,
      ...run.tags,
    ].some((part) => part.toLowerCase().includes(wanted)) || String(run.id) === wanted
}

function known(name: Name, fields: Fields): Field {
  const field = fields.find(name.text)
  if (field) return field
  if (readNumber(name.text, 'setting') !== null)
    throw new FilterError(
      name,
      `“${name.text}” is a value and stands where a name should.`,
      'Write the name first, as in lr > 0.001.',
    )
  const close = nearest(name.text, [...fields.plain.map((one) => one.name), ...fields.metrics])
  throw new FilterError(
    name,
    `No run has anything called “${name.text}”.`,
    close === null ? 'Names are offered as you type.' : `Did you mean ${close}?`,
  )
}

function compare(field: Field, operator: Operator, value: Literal): Test {
  if (operator === '!=' || operator === '!~') {
    const test = compare(field, operator === '!=' ? '=' : '~', value)
    return (run) => !test(run)
  }
  const { read } = field
  if (!value.quoted && isNone(value.text) && operator === '=') return (run) => isMissing(read(run))
  if (operator === '~') return contains(field, value.text)
  if (field.kind === 'moment') return moments(field, operator, value)
  if (field.kind === 'flag') return flags(field, operator, value)
  if (field.kind === 'tags' || field.kind === 'text') return texts(field, operator, value)
  return numbers(field, operator, value)
}

const parts = (value: FieldValue): readonly string[] =>
  value === null ? [] : typeof value === 'object' ? value : [String(value)]

function contains({ read }: Field, text: string): Test {
  const wanted = text.toLowerCase()
  return (run) => parts(read(run)).some((part) => part.toLowerCase().includes(wanted))
}

function texts({ name, read, kind }: Field, operator: Operator, value: Literal): Test {
  if (operator !== '=')
    throw new FilterError(
      value,
      `${name} is ${kind === 'tags' ? 'a list of words' : 'text'} and has no “${operator}”.`,
      `Write ${name} = or ${name} ~ (contains).`,
    )
  const wanted = value.text.toLowerCase()
  return (run) => parts(read(run)).some((part) => part.toLowerCase() === wanted)
}

function flags({ name, read }: Field, operator: Operator, value: Literal): Test {
  const wanted = readFlag(value.text)
  if (operator !== '=' || wanted === null)
    throw new FilterError(
      value,
      `${name} is yes or no; “${operator} ${value.text}” asks for something else.`,
      `Write ${name} = yes or ${name} = no.`,
    )
  return (run) => read(run) === wanted
}

function moments({ name, read }: Field, operator: Operator, value: Literal): Test {
  const moment = readMoment(value.text)
  if (!moment)
    throw new FilterError(
      value,
      `“${value.text}” is not a day.`,
      `Write it as ${name} ${operator} 2026-01-31.`,
    )
  const { from, until } = moment
  const tests: Record<string, (at: number) => boolean> = {
    '=': (at) => at >= from && at < until,
    '>': (at) => at >= until,
    '>=': (at) => at >= from,
    '<': (at) => at < from,
    '<=': (at) => at < until,
  }
  const test = tests[operator]
  return (run) => {
    const at = read(run)
    return typeof at === 'number' && test !== undefined && test(at)
  }
}

function numbers(field: Field, operator: Operator, value: Literal): Test {
  const { name, kind, read } = field
  const wanted = value.quoted ? null : readNumber(value.text, kind)
  // What another tool called a setting may be text in one run and a number in the next.
  const mixed = kind === 'setting' && operator === '='
  if (wanted === null && !mixed)
    throw new FilterError(
      value,
      value.quoted
        ? `${name} is a number, and "${value.text}" is text.`
        : `“${value.text}” is not a number${kind === 'seconds' ? ' of seconds' : ''}.`,
      kind === 'seconds'
        ? `Write it as ${name} ${operator} 90 or ${name} ${operator} 5m.`
        : `Write it as ${name} ${operator} 0.01.`,
    )
  const text = value.text.toLowerCase()
  if (wanted === null) return (run) => isSame(read(run), text)
  return (run) => {
    const is = read(run)
    return typeof is === 'number' ? holds(is, operator, wanted) : operator === '=' && isSame(is, text)
  }
}

const isSame = (is: FieldValue, text: string): boolean => is !== null && String(is).toLowerCase() === text

function holds(is: number, operator: Operator, wanted: number): boolean {
  switch (operator) {
    case '>':
      return is > wanted
    case '>=':
      return is >= wanted
    case '<':
      return is < wanted
    case '<=':
      return is <= wanted
    default:
      return is === wanted
  }
}
