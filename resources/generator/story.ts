/** Endless small stories in simple sentences: enough grammar and memory for a small language model to learn. */
import { Random } from './random.ts'

interface Hero {
  name: string
  kind: string
  /** he, she or it; him, her or it; his, her or its. */
  pronouns: readonly [string, string, string]
}

const people = {
  he: { pronouns: ['he', 'him', 'his'], names: ['Tom', 'Ben', 'Otto', 'Max', 'Finn'] },
  she: { pronouns: ['she', 'her', 'her'], names: ['Anna', 'Mia', 'Lena', 'Rosa', 'Ida'] },
} as const
const kinds = ['fox', 'bear', 'hare', 'owl', 'mouse', 'hedgehog', 'cat', 'goose']
const places = ['the forest', 'the river', 'the hill', 'the old mill', 'the garden', 'the bridge', 'the lake']
const things = [
  'a red apple',
  'a small key',
  'a wooden boat',
  'a blue stone',
  'a loaf of bread',
  'a lamp',
  'a map',
]
const weather = [
  'The sun was shining',
  'It was raining',
  'A cold wind was blowing',
  'It had snowed all night',
  'The fog was thick',
]
const moods = ['happy', 'tired', 'hungry', 'curious', 'a little afraid', 'very proud']

/** `a red apple` as it is called once it is known: `the red apple`. */
const known = (thing: string): string => thing.replace(/^a /, 'the ')

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function hero(random: Random): Hero {
  const { pronouns, names } = random.chance(0.5) ? people.he : people.she
  return { name: random.pick(names), kind: random.pick(kinds), pronouns }
}

function story(random: Random): string {
  const first = hero(random)
  let second = hero(random)
  while (second.name === first.name || second.kind === first.kind) second = hero(random)
  const [he, him, his] = first.pronouns
  const from = random.pick(places)
  let to = random.pick(places)
  while (to === from) to = random.pick(places)
  const thing = random.pick(things)
  const mood = random.pick(moods)
  const lines = [
    `${random.pick(['Once upon a time', 'One day', 'Long ago', 'Last summer'])} there was a ${first.kind} called ${first.name}.`,
    random.pick([
      `${first.name} lived near ${from}, and ${he} was ${mood}.`,
      `${capital(his)} home was near ${from}.`,
      `Every morning ${he} walked to ${from}.`,
    ]),
    `${random.pick(weather)} when ${he} went to ${to}.`,
    random.pick([
      `There ${he} found ${thing}.`,
      `On the way ${he} saw ${thing} and took it.`,
      `Near ${to} lay ${thing}.`,
    ]),
    ...(random.chance(0.6) ? [`"Whose is ${known(thing)}?" asked ${first.name}.`] : []),
    `Then ${second.name} the ${second.kind} came along.`,
    random.pick([
      `"That is my ${thing.slice(2)}!" said ${second.name}.`,
      `"I have looked for ${known(thing)} everywhere," said ${second.name}.`,
      `"Will you give me ${known(thing)}?" asked ${second.name}.`,
    ]),
    random.pick([
      `So ${first.name} gave ${known(thing)} to ${second.pronouns[1]}, and they became friends.`,
      `But ${first.name} kept ${known(thing)}, and ${second.name} went home alone.`,
      `They carried ${known(thing)} back to ${from} together.`,
    ]),
    ...(random.chance(0.5) ? [`${second.name} thanked ${him}, and ${he} was ${random.pick(moods)}.`] : []),
    random.pick([
      'The end.',
      `And ${first.name} never forgot that day.`,
      `In the evening ${he} told ${his} family about it.`,
    ]),
  ]
  return lines.join(' ')
}

/** Stories, a line each, until there are about so many characters. */
export function stories(characters: number, seed: number): string {
  const random = new Random(seed)
  const lines: string[] = []
  for (let length = 0; length < characters;) {
    const line = story(random)
    lines.push(line)
    length += line.length + 1
  }
  return `${lines.join('\n')}\n`
}
