/** Short texts about four topics, made from templates. Topics share words, and texts wander off. */
import { Random } from './random.ts'

type Words = Record<string, readonly string[]>

interface Topic {
  templates: readonly string[]
  words: Words
}

/** Words that every topic uses, some of them in another sense. */
const shared: Words = {
  day: [
    'today',
    'tomorrow',
    'on Sunday',
    'this morning',
    'tonight',
    'last week',
    'all weekend',
    'in the evening',
  ],
  time: ['ten minutes', 'half an hour', 'two hours', 'the whole day', 'a few minutes', 'an hour'],
  who: [
    'my sister',
    'the neighbours',
    'our friends',
    'grandfather',
    'the children',
    'everyone',
    'a colleague',
    'we',
  ],
  feel: [
    'wonderful',
    'awful',
    'better than expected',
    'a little dull',
    'really great',
    'quite a surprise',
    'worth it',
  ],
  place: [
    'the lake',
    'the coast',
    'the old town',
    'the valley',
    'the north',
    'the park',
    'the island',
    'the hills',
  ],
  heat: ['hot', 'cold', 'warm', 'dry', 'cool', 'wet'],
}

const topics: Record<string, Topic> = {
  cooking: {
    words: {
      dish: ['soup', 'stew', 'bread', 'rice', 'pie', 'salad', 'noodles', 'pancakes', 'curry', 'fish'],
      item: [
        'onions',
        'garlic',
        'flour',
        'butter',
        'tomatoes',
        'pepper',
        'eggs',
        'lemon',
        'ginger',
        'oil',
        'ice',
      ],
      act: ['chop', 'stir', 'fry', 'bake', 'whisk', 'roast', 'boil', 'beat', 'mix'],
    },
    templates: [
      '{act} the {item} for {time} and add {item}',
      'the {dish} needs more {item}',
      '{who} made {dish} {day} and it was {feel}',
      'serve the {dish} {heat} with {item} on top',
      'keep the pan {heat} until the {item} turn golden',
      '{item} can ruin a good {dish}',
      'let it rest for {time} before you cut it',
      'a storm of {item} in the kitchen, but the {dish} was {feel}',
      '{act} it well',
      'an easy recipe from {place}: {dish} with {item} and {item}',
    ],
  },
  sport: {
    words: {
      game: ['match', 'race', 'final', 'game', 'training', 'tournament', 'season'],
      team: [
        'the home team',
        'the goalkeeper',
        'our striker',
        'the coach',
        'the runners',
        'the visitors',
        'the champion',
      ],
      act: ['scored', 'lost', 'won', 'trained', 'sprinted', 'was beaten', 'drew'],
    },
    templates: [
      '{team} {act} after {time}',
      'the {game} {day} was {feel}',
      '{team} {act} and the crowd went wild',
      'it was a {heat} day for the {game} at {place}',
      '{who} ran for {time} around {place}',
      'two goals in {time} decided the {game}',
      '{team} cooked up a clever plan before the {game}',
      'what a {game}',
      'the referee stopped the {game} because of the rain',
      'a ticket for the {game} costs more than the trip',
    ],
  },
  travel: {
    words: {
      ride: ['train', 'flight', 'ferry', 'bus', 'night train', 'plane', 'bicycle'],
      stay: ['hotel', 'hostel', 'cabin', 'tent', 'guest house', 'airport'],
      thing: ['passport', 'ticket', 'suitcase', 'map', 'visa', 'window seat', 'guide book'],
    },
    templates: [
      'the {ride} to {place} takes {time}',
      '{who} forgot the {thing} at the {stay}',
      'we booked a {stay} near {place} {day}',
      'the {ride} was late by {time} and the {stay} was {feel}',
      'pack a {thing} for {heat} nights near {place}',
      'the food at the {stay} was {feel}',
      'fog at the {stay} held up our {ride} {day}',
      'bring your {thing}',
      'a race through the {stay} to catch the {ride}',
      'the trip to {place} {day} was {feel}',
    ],
  },
  weather: {
    words: {
      sky: ['rain', 'snow', 'fog', 'sunshine', 'thunder', 'hail', 'wind', 'frost', 'drizzle', 'ice'],
      trend: ['rising', 'falling', 'steady', 'changing'],
      size: ['light', 'heavy', 'strong', 'sudden', 'patchy'],
    },
    templates: [
      '{size} {sky} is expected {day} near {place}',
      'it will be {heat} with {size} {sky}',
      'temperatures are {trend} {day}',
      'after {time} of {sky} the sky cleared over {place}',
      '{sky} and {sky} {day}',
      '{who} did not expect such {size} {sky}',
      'a {heat} front moves in from {place} and brings {sky}',
      'the forecast for the match {day} is {feel}',
      'clouds like whipped cream over {place} {day}',
      'trains are late because of {size} {sky}',
    ],
  },
}

/** Sentences that say nothing about the topic. */
const idle = [
  'it was {feel}',
  '{who} said so {day}',
  'that took {time}',
  'nobody knew what to think of it',
  '{who} would do it again',
  'we talked about it for {time}',
  'it is {heat} in here',
  'you should have been there {day}',
]

export const topicNames = Object.keys(topics)
const mostWords = 60

function sentence(template: string, words: Words, random: Random): string {
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => random.pick(words[slot] ?? shared[slot]!))
}

/** One to five sentences: at least one on the topic, the others idle or off the topic now and then. */
function write(name: string, random: Random): string {
  const length = random.pick([1, 1, 1, 2, 2, 3, 4, 5])
  const certain = random.whole(0, length - 1)
  const sentences = Array.from({ length }, (_, index) => {
    const dice = index === certain ? 0 : random.next()
    if (dice > 0.7) return sentence(random.pick(idle), shared, random)
    const topic = topics[dice > 0.45 ? random.pick(topicNames) : name]!
    return sentence(random.pick(topic.templates), topic.words, random)
  })
  const text = sentences.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`).join('. ')
  return text.split(' ').slice(0, mostWords).join(' ')
}

export interface TopicRow {
  topic: string
  text: string
}

/** `count` different texts of each topic, mixed. */
export function topicRows(count: number, seed: number): TopicRow[] {
  const random = new Random(seed)
  const rows: TopicRow[] = []
  const seen = new Set<string>()
  for (const topic of topicNames)
    for (let made = 0; made < count;) {
      const text = write(topic, random)
      if (seen.has(text) || text.split(' ').length < 3) continue
      seen.add(text)
      rows.push({ topic, text })
      made += 1
    }
  return random.shuffle(rows)
}
