/**
 * How long a person waits for the preview of texts after a change of the options: the first survey, which reads them, and
 * the median of later ones, by tokenizer. `node main/data/measure/survey.ts PATH`
 */
import type { TokenizerName } from '../../common/data/options.ts'
import { inspect } from '../inspect.ts'
import { surveyTexts } from '../text/survey.ts'

const times = 7
const [, , path = '../shared/data/sms'] = process.argv
const { options } = await inspect(path)
if (!options.text) throw new Error(`${path} holds no texts`)

process.stdout.write(
  '| tokenizer | first ms | its processor ms | later ms | their processor ms |\n| - | - | - | - | - |\n',
)
for (const tokenizer of ['word', 'character', 'byte', 'bpe'] satisfies TokenizerName[]) {
  const wall: number[] = []
  const spent: number[] = []
  for (let time = 0; time < times; time += 1) {
    const [began, used] = [performance.now(), process.cpuUsage()]
    await surveyTexts(path, { ...options, text: { ...options.text, tokenizer } })
    const { user, system } = process.cpuUsage(used)
    wall.push(performance.now() - began)
    spent.push((user + system) / 1000)
  }
  const cells = [wall[0]!, spent[0]!, median(wall), median(spent)].map((value) => value.toFixed(0))
  process.stdout.write(`| ${[tokenizer, ...cells].join(' | ')} |\n`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
