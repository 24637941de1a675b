/** A language model goes on with a text; beside it the likeliest next tokens. */
import { Button, NumberInput, TextInput } from '@mantine/core'
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { resultOf } from '../../main/common/resultOf.ts'
import type { Subject } from '../../main/common/predict/subject.ts'
import { client } from '../client.ts'
import { complain } from '../state/notices.ts'
import { Card } from '../ui/Card.tsx'
import { Field } from '../ui/Field.tsx'
import { count } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { visible } from '../ui/visible.ts'
import { ChoiceBar } from './ChoiceBar.tsx'
import { ending } from './longText.ts'
import { TextBox } from './TextBox.tsx'
import classes from './Try.module.css'
import { useAsk } from './useAsk.ts'

/** Characters of a prompt before its text. */
const mostShown = 2000

const bounds = {
  temperature: { min: 0, max: 10, step: 0.1 },
  topK: { min: 1, max: 1_000_000, step: 1 },
  most: { min: 1, max: 10_000, step: 50 },
  seed: { min: 0, max: 0xffff_ffff, step: 1 },
} as const

export function GenerateView({ subject }: { subject: Subject }) {
  const { runId, checkpointId } = subject
  const [prompt, setPrompt] = useState('Once upon a time')
  const [settings, setSettings] = useState({ temperature: 0.8, topK: 40, most: 300, seed: 1 })
  const [stop, setStop] = useState('')
  const [made, setMade] = useState<{ text: string; done: number; total: number } | null>(null)
  const running = useRef<AbortController | null>(null)
  const [busy, setBusy] = useState(false)
  // What is left running would go on for nobody.
  useEffect(() => () => running.current?.abort(), [])

  const generate = async (): Promise<void> => {
    running.current?.abort()
    const cancel = new AbortController()
    running.current = cancel
    setBusy(true)
    setMade({ text: '', done: 0, total: settings.most })
    try {
      const asked = { prompt, ...settings, stop: stop === '' ? null : stop }
      const stream = await client.predict.generate({ runId, checkpointId, asked }, { signal: cancel.signal })
      const text = await resultOf(stream, (progress) => {
        if (!cancel.signal.aborted) setMade(progress)
      })
      if (!cancel.signal.aborted) setMade((before) => before && { ...before, text })
    } catch (error) {
      if (!cancel.signal.aborted) complain(error)
    } finally {
      if (running.current === cancel) setBusy(false)
    }
  }
  const cancel = (): void => {
    running.current?.abort()
    setBusy(false)
  }
  const set = (key: keyof typeof settings, value: number | string): void => {
    if (typeof value === 'number') setSettings((before) => ({ ...before, [key]: value }))
  }
  return (
    <div className={classes.generate}>
      <Card
        className={classes.prompt}
        title="Prompt"
        note={`it reads the last ${count(longest(subject))} tokens`}
      >
        <TextBox label="Prompt" minRows={5} maxRows={12} reads="end" value={prompt} onChange={setPrompt} />
        <Field label="Temperature" help="Below 1 it keeps to what is likely; 0 always takes the likeliest.">
          <NumberInput
            aria-label="Temperature"
            {...bounds.temperature}
            decimalScale={2}
            value={settings.temperature}
            onChange={(value) => set('temperature', value)}
          />
        </Field>
        <Field label="Top k" help="Draws from so many of the likeliest tokens.">
          <NumberInput
            aria-label="Top k"
            {...bounds.topK}
            value={settings.topK}
            onChange={(value) => set('topK', value)}
          />
        </Field>
        <Field label="Tokens">
          <NumberInput
            aria-label="Tokens"
            {...bounds.most}
            value={settings.most}
            onChange={(value) => set('most', value)}
          />
        </Field>
        <Field label="Seed" help="The same seed writes the same text.">
          <NumberInput
            aria-label="Seed"
            {...bounds.seed}
            value={settings.seed}
            onChange={(value) => set('seed', value)}
          />
        </Field>
        <Field label="Stop at">
          <TextInput
            aria-label="Stop at"
            placeholder="never"
            value={stop}
            onChange={(event) => setStop(event.currentTarget.value)}
          />
        </Field>
        {busy ? (
          <Button variant="default" leftSection={<IconPlayerStopFilled size={14} />} onClick={cancel}>
            Stop
          </Button>
        ) : (
          <Button leftSection={<IconPlayerPlayFilled size={14} />} onClick={() => void generate()}>
            Go on
          </Button>
        )}
      </Card>
      <Card
        className={classes.made}
        title="Text"
        note={made && made.done > 0 ? `${count(made.done)} of ${count(made.total)} tokens` : ''}
      >
        <div className={classes.story} role="status" aria-label="Generated text" aria-busy={busy}>
          {made === null ? (
            <span className={classes.hint}>
              Press Go on: what the network writes stands here as it comes.
            </span>
          ) : (
            <>
              <span className={classes.promptText}>{ending(prompt, mostShown)}</span>
              {made.text}
            </>
          )}
        </div>
      </Card>
      <NextTokens subject={subject} prompt={prompt} />
    </div>
  )
}

const longest = ({ input }: Subject): number => (input.kind === 'text' ? input.longest : 0)

function NextTokens({ subject: { runId, checkpointId }, prompt }: { subject: Subject; prompt: string }) {
  const asked = useAsk(prompt === '' ? null : `${runId} ${checkpointId} ${prompt}`, `${runId}`, () =>
    client.predict.ask({ runId, checkpointId, given: { kind: 'text', text: prompt }, explain: null }),
  )
  return (
    <Card className={classes.next} title="Next token" note="after the prompt">
      {asked.value?.choices.slice(0, 12).map(({ index, name, probability }) => (
        <div key={index} className={classes.choice}>
          <ChoiceBar name={visible(name)} probability={probability} />
        </div>
      ))}
      {asked.value && asked.value.seen.notes.length > 0 && (
        <p className={classes.hint}>{asked.value.seen.notes.join(' · ')}</p>
      )}
      {asked.refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...asked.refusal} />
        </div>
      )}
    </Card>
  )
}
